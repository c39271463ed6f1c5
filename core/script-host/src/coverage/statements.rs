//! Where statements begin, read from the tokens of a script: behind a brace, a semicolon, or the end of a statement
//! that needs none, and behind the arrow of a `switch`.

use rhai::{Position, Token};

/// Something to be written into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The line it stands on, from 1.
    pub line: usize,
    /// The character it stands before, from 1.
    pub column: usize,
    /// What begins or ends there.
    pub what: What,
}

/// What a mark is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A statement begins.
    Statement,
    /// The value of an arm of `switch` begins, which is no block.
    Arm,
    /// It ends.
    ArmEnd,
}

/// Something with brackets around it.
struct Frame {
    kind: Kind,
    /// Whether the next brace is that of a `switch`.
    switch: bool,
}

enum Kind {
    /// Statements, in a function.
    Block(Turn),
    /// The arms of a `switch`; whether one is open that a mark began.
    Arms(bool),
    /// Parentheses, a list, a map, a part of a text; anything outside of functions.
    Other,
}

/// Where in its statements a block is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The next token begins one.
    Begins,
    /// Inside one that a semicolon ends.
    Plain,
    /// Inside one that ends with a brace, such as `if`.
    Braced,
    /// Behind such a brace: it may go on with `else` or `catch`.
    Braces,
}

/// The marks of a script, in the order of its text.
pub fn marks(tokens: &[(Token, Position)]) -> Vec<Mark> {
    let mut reader = Reader { frames: vec![], function: false, marks: vec![] };
    let mut before = None;
    for (token, position) in tokens.iter().filter(|(token, _)| !matches!(token, Token::Comment(..))) {
        reader.read(before, token, *position);
        before = Some(token);
    }
    reader.marks
}

struct Reader {
    frames: Vec<Frame>,
    /// Whether the next brace outside of everything is that of a function.
    function: bool,
    marks: Vec<Mark>,
}

impl Reader {
    fn read(&mut self, before: Option<&Token>, token: &Token, position: Position) {
        self.begin_statement(token, position);
        self.begin_arm(before, token, position);
        match token {
            Token::Fn => self.function = true,
            Token::Switch => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.switch = true;
                }
            }
            Token::LeftBrace => self.open_brace(before),
            Token::MapStart | Token::LeftParen | Token::LeftBracket | Token::QuestionBracket => self.open(Kind::Other),
            Token::RightBrace | Token::RightParen | Token::RightBracket => self.close(position),
            Token::SemiColon => self.turn(Turn::Begins),
            Token::Comma => self.end_arm(position),
            _ => {}
        }
    }

    fn begin_statement(&mut self, token: &Token, position: Position) {
        let Some(Frame { kind: Kind::Block(turn), .. }) = self.frames.last_mut() else { return };
        let goes_on = *turn == Turn::Braces && matches!(token, Token::Else | Token::Catch);
        if goes_on {
            *turn = Turn::Braced;
        }
        let ends = matches!(token, Token::RightBrace | Token::SemiColon);
        if matches!(turn, Turn::Begins | Turn::Braces) && !ends {
            *turn = if ends_with_brace(token) { Turn::Braced } else { Turn::Plain };
            self.mark(position, What::Statement);
        }
    }

    fn begin_arm(&mut self, before: Option<&Token>, token: &Token, position: Position) {
        let Some(Frame { kind: Kind::Arms(open), .. }) = self.frames.last_mut() else { return };
        if matches!(before, Some(Token::DoubleArrow)) && !ends_with_brace(token) {
            *open = true;
            self.mark(position, What::Arm);
        }
    }

    fn end_arm(&mut self, position: Position) {
        if let Some(Frame { kind: Kind::Arms(open), .. }) = self.frames.last_mut()
            && std::mem::take(open)
        {
            self.mark(position, What::ArmEnd);
        }
    }

    fn open_brace(&mut self, before: Option<&Token>) {
        let is_in_function = self.frames.iter().any(|frame| matches!(frame.kind, Kind::Block(_)));
        let is_switch = self.frames.last_mut().is_some_and(|frame| std::mem::take(&mut frame.switch));
        let begins_function = self.frames.is_empty() && std::mem::take(&mut self.function);
        self.open(match before {
            Some(Token::InterpolatedString(_)) => Kind::Other,
            _ if begins_function => Kind::Block(Turn::Begins),
            _ if !is_in_function => Kind::Other,
            _ if is_switch => Kind::Arms(false),
            _ => Kind::Block(Turn::Begins),
        });
    }

    fn open(&mut self, kind: Kind) {
        self.frames.push(Frame { kind, switch: false });
    }

    fn close(&mut self, position: Position) {
        self.end_arm(position);
        let Some(closed) = self.frames.pop() else { return };
        if let (Kind::Block(_) | Kind::Arms(_), Some(Frame { kind: Kind::Block(turn @ Turn::Braced), .. })) =
            (closed.kind, self.frames.last_mut())
        {
            *turn = Turn::Braces;
        }
    }

    fn turn(&mut self, to: Turn) {
        if let Some(Frame { kind: Kind::Block(turn), .. }) = self.frames.last_mut() {
            *turn = to;
        }
    }

    fn mark(&mut self, position: Position, what: What) {
        if let (Some(line), Some(column)) = (position.line(), position.position()) {
            self.marks.push(Mark { line, column, what });
        }
    }
}

/// Whether a statement that begins with this token ends with a brace and needs no semicolon.
fn ends_with_brace(token: &Token) -> bool {
    matches!(token, Token::LeftBrace | Token::If | Token::Switch | Token::While | Token::Loop | Token::For | Token::Try)
}
