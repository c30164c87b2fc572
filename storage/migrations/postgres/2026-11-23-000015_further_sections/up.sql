-- The few revisions that name further sections: they are asked before a section goes.
CREATE INDEX revisions_further_sections ON revisions (further_section_ids)
    WHERE further_section_ids <> '[]';
