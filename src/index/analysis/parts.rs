//! [`Starts`]: at which positions the texts of an article begin, as terms of the index.
//!
//! All texts are searched in one field. To search in one of them, it takes where the words stand, which the field knows, and
//! where each text begins: the term `excerpt` has the position of the first word of the excerpt, `body` that of the body, and
//! `other` that of whatever comes behind. The title begins at 0. A text ends where the next one begins that has a word.

use tantivy::tokenizer::{Token, TokenStream};

/// The term of what comes behind the parts.
pub(crate) const OTHER: &str = "other";

/// The terms, in the order of [`Starts`].
const NAMES: [&str; 3] = ["excerpt", "body", OTHER];

/// Where the texts behind the title begin.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Starts([Option<usize>; 3]);

impl Starts {
    /// The text with this mark has a word at this position, unless an earlier one.
    pub(super) fn begin(&mut self, mark: usize, position: usize) {
        if let Some(start) = mark.checked_sub(1).and_then(|at| self.0.get_mut(at)) {
            start.get_or_insert(position);
        }
    }
}

/// The tokens of [`Starts`].
pub(crate) struct PartStream {
    starts: Starts,
    next: usize,
    token: Token,
}

impl PartStream {
    pub(super) fn new(starts: Starts) -> Self {
        Self { starts, next: 0, token: Token::default() }
    }
}

impl TokenStream for PartStream {
    fn advance(&mut self) -> bool {
        while let (Some(start), Some(name)) = (self.starts.0.get(self.next), NAMES.get(self.next)) {
            self.next += 1;
            if let Some(position) = *start {
                self.token.position = position;
                self.token.text.clear();
                self.token.text.push_str(name);
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
