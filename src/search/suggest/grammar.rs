//! Words of grammar: they follow any word, and hardly anyone who types is on the way to one.

/// In the order of the alphabet.
const WORDS: [&str; 131] = [
    "a", "about", "after", "again", "all", "also", "although", "am", "an", "and", "any", "are", "arent", "as", "at",
    "be", "because", "been", "before", "being", "both", "but", "by", "can", "cant", "could", "couldnt", "did", "didnt",
    "do", "does", "doesnt", "doing", "dont", "during", "each", "either", "every", "few", "for", "from", "had", "hadnt",
    "has", "hasnt", "have", "havent", "having", "he", "her", "here", "hers", "him", "his", "how", "however", "i", "if",
    "in", "into", "is", "isnt", "it", "its", "just", "me", "might", "more", "most", "much", "must", "my", "no", "nor",
    "not", "of", "on", "or", "other", "our", "ours", "shall", "she", "should", "shouldnt", "since", "so", "some",
    "such", "than", "that", "the", "their", "theirs", "them", "then", "there", "these", "they", "this", "those",
    "though", "through", "thus", "to", "too", "until", "upon", "us", "very", "was", "wasnt", "we", "were", "werent",
    "what", "when", "where", "whether", "which", "while", "who", "whom", "whose", "why", "with", "wont", "would",
    "wouldnt", "you", "your",
];

/// Whether a folded word is one.
pub(super) fn is_grammar(word: &str) -> bool {
    WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_lets_words_be_looked_up() {
        assert!(WORDS.is_sorted());
        assert!(WORDS.iter().all(|word| is_grammar(word)) && !is_grammar("watch"));
    }
}
