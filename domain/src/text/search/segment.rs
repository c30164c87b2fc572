//! Words of Chinese.

use std::sync::LazyLock;

use jieba_rs::Jieba;

/// It takes a tenth of a second to make ready, and some 36 MB: it waits for the first query in Chinese.
static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Cuts simplified Chinese into words of the dictionary; what is in no word stands alone. Nothing is
/// guessed: a name that is cut is found by its parts.
pub(super) fn words(text: &str) -> Vec<String> {
    let tokens = DICTIONARY.cut(text, false);
    tokens.iter().map(|token| token.word.to_owned()).collect()
}
