//! What the mails say. Nothing in them was made up by whoever caused them to be sent: the names
//! and addresses are the operator's, and the codes are random.

use domain::user::Email;

use super::Mail;
use crate::config::Config;

/// A code with the page it is for, and how it is said that it ends.
struct Code<'c> {
    token: &'c str,
    page: &'static str,
    lasts: &'static str,
}

/// To whoever registered: confirm the address.
pub(crate) fn verify(config: &Config, to: &Email, token: &str) -> Mail {
    let site = &config.site_name;
    let code = Code {
        token,
        page: "verify",
        lasts: "24 hours",
    };
    let first = format!("Somebody, we hope you, has made an account at {site} with this address.");
    let last =
        "If it was not you, do nothing: nobody can sign in with an address that was not confirmed.";
    let what = "confirm that it is yours";
    with_code(
        config,
        to,
        "Confirm your address",
        &first,
        what,
        &code,
        last,
    )
}

/// To whoever has an account already, when somebody registers with its address or wants to change
/// theirs to it.
pub(crate) fn already_registered(config: &Config, to: &Email) -> Mail {
    let site = &config.site_name;
    let text = format!(
        "Somebody wanted to use this address for an account at {site}. It has one already, and \
         nothing was changed.\n\n\
         If it was you, sign in as usual. If you do not know the password any more, ask for a new \
         one where you sign in.\n\n\
         If it was not you, there is nothing to do."
    );
    plain(config, to, "You have an account already", &text)
}

/// To the address of an account that nobody has confirmed and that more than one may have asked
/// for: only who reads this chooses its password.
pub(crate) fn choose_password(config: &Config, to: &Email, token: &str) -> Mail {
    let site = &config.site_name;
    let code = Code {
        token,
        page: "reset",
        lasts: "30 minutes",
    };
    let first = format!(
        "Somebody, we hope you, wants an account at {site} with this address. So that it is yours \
         alone, choose its password."
    );
    let last =
        "If it was not you, do nothing: nobody can sign in with an address that was not confirmed.";
    let what = "choose a password";
    with_code(
        config,
        to,
        "Choose your password",
        &first,
        what,
        &code,
        last,
    )
}

/// To whoever forgot the password.
pub(crate) fn reset(config: &Config, to: &Email, token: &str) -> Mail {
    let site = &config.site_name;
    let code = Code {
        token,
        page: "reset",
        lasts: "30 minutes",
    };
    let first = format!("Somebody, we hope you, has asked for a new password at {site}.");
    let last = "If it was not you, do nothing: your password stays as it is.";
    let what = "choose a new password";
    with_code(
        config,
        to,
        "Choose a new password",
        &first,
        what,
        &code,
        last,
    )
}

/// To the new address, when an account shall get it.
pub(crate) fn change_address(config: &Config, to: &Email, token: &str) -> Mail {
    let site = &config.site_name;
    let code = Code {
        token,
        page: "verify",
        lasts: "24 hours",
    };
    let first =
        format!("Somebody, we hope you, wants to use this address for an account at {site}.");
    let last = "If it was not you, do nothing: the account keeps the address it has.";
    let what = "confirm that it is yours";
    with_code(
        config,
        to,
        "Confirm your new address",
        &first,
        what,
        &code,
        last,
    )
}

/// To the old address, when an account shall get another.
pub(crate) fn address_changing(config: &Config, to: &Email) -> Mail {
    let site = &config.site_name;
    let text = format!(
        "Somebody who is signed in to your account at {site} has asked that it gets another \
         address. It will, once the new address is confirmed.\n\n\
         If it was you, there is nothing to do.\n\n\
         If it was not you, change your password now: that ends every session."
    );
    plain(config, to, "Your address is about to change", &text)
}

/// To the old address, when an account has got another.
pub(crate) fn address_changed(config: &Config, to: &Email) -> Mail {
    let site = &config.site_name;
    let text = format!(
        "Your account at {site} has got another address. This one is not used for it any more.\n\n\
         If it was not you who changed it, write to us at once."
    );
    plain(config, to, "Your address was changed", &text)
}

/// To the owner, when the password was changed or set.
pub(crate) fn password_changed(config: &Config, to: &Email) -> Mail {
    let site = &config.site_name;
    let text = format!(
        "The password of your account at {site} was changed, and every other session was ended.\n\n\
         If it was you, there is nothing to do.\n\n\
         If it was not you, ask for a new password where you sign in."
    );
    plain(config, to, "Your password was changed", &text)
}

/// To somebody for whom an administrator made an account.
pub(crate) fn invitation(config: &Config, to: &Email, token: &str) -> Mail {
    let site = &config.site_name;
    let code = Code {
        token,
        page: "reset",
        lasts: "1 hour",
    };
    let first = format!("{site} has made an account for you with this address.");
    let last = "If the time is over, ask for a new password where you sign in.";
    let what = "choose its password";
    with_code(config, to, "An account for you", &first, what, &code, last)
}

fn with_code(
    config: &Config,
    to: &Email,
    subject: &str,
    first: &str,
    what: &str,
    code: &Code<'_>,
    last: &str,
) -> Mail {
    let Code { token, page, lasts } = code;
    let how = config.account_url.as_ref().map_or_else(
        || format!("To {what}, enter this code within {lasts} where you are asked for it:"),
        |url| {
            // Behind the # it stays in the browser: no server and no log on the way sees it.
            format!(
                "To {what}, open this page within {lasts}:\n\n{url}/{page}#token={token}\n\n\
                 Or enter this code where you are asked for it:"
            )
        },
    );
    plain(
        config,
        to,
        subject,
        &format!("{first}\n\n{how}\n\n{token}\n\n{last}"),
    )
}

fn plain(config: &Config, to: &Email, subject: &str, text: &str) -> Mail {
    let site = &config.site_name;
    Mail {
        to: to.clone(),
        subject: format!("{site}: {subject}"),
        text: format!("Hello,\n\n{text}\n\n{site}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(config: &Config) -> Vec<Mail> {
        let to = Email::parse("ines@news.example").unwrap();
        vec![
            verify(config, &to, "bst_1"),
            already_registered(config, &to),
            choose_password(config, &to, "bst_1"),
            reset(config, &to, "bst_1"),
            change_address(config, &to, "bst_1"),
            address_changing(config, &to),
            address_changed(config, &to),
            password_changed(config, &to),
            invitation(config, &to, "bst_1"),
        ]
    }

    #[test]
    fn every_letter_names_the_site_and_not_the_reader() {
        let mut config = Config::default();
        "Harbour Post".clone_into(&mut config.site_name);
        for letter in all(&config) {
            assert!(letter.subject.starts_with("Harbour Post: "));
            assert!(letter.text.ends_with("\n\nHarbour Post\n"));
            assert!(!letter.text.contains("ines") && !letter.text.contains("http"));
            assert_eq!(format!("{letter:?}"), "Mail(hidden)");
        }
    }

    #[test]
    fn a_link_leads_to_the_configured_page_and_keeps_its_token_from_servers() {
        let mut config = Config::default();
        config.account_url = Some("https://news.example/account".to_owned());
        let links: Vec<String> = all(&config)
            .into_iter()
            .filter_map(|letter| {
                let line = letter.text.lines().find(|line| line.starts_with("http"))?;
                assert!(letter.text.lines().any(|line| line == "bst_1"));
                Some(line.to_owned())
            })
            .collect();
        let verify = "https://news.example/account/verify#token=bst_1";
        let reset = "https://news.example/account/reset#token=bst_1";
        assert_eq!(links, [verify, reset, reset, verify, reset]);
    }
}
