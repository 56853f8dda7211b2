//! [`Part`]: one of the texts of an article.

/// One of the texts of an article that can be searched by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The headline.
    Title,
    /// The summary that came with it.
    Excerpt,
    /// The text.
    Body,
}

impl Part {
    /// All of them, in the order of reading.
    pub const ALL: [Self; 3] = [Self::Title, Self::Excerpt, Self::Body];

    /// The name in queries.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Excerpt => "excerpt",
            Self::Body => "body",
        }
    }
}
