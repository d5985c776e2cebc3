//! `Logbook`: what is logged on the thread of a test, under one target.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// The fields of a line, and its level as `level`.
pub type Line = BTreeMap<String, String>;

/// The lines of a target, as long as it is kept.
pub struct Logbook {
    lines: Arc<Mutex<Vec<Line>>>,
    _guard: DefaultGuard,
}

impl Logbook {
    /// Begins to read the lines of a target.
    pub fn of(target: &'static str) -> Self {
        let lines = Arc::<Mutex<Vec<Line>>>::default();
        let reader = Reader { target, lines: Arc::clone(&lines) };
        Self { lines, _guard: tracing::subscriber::set_default(reader) }
    }

    /// The lines since it was last asked.
    pub fn take(&self) -> Vec<Line> {
        std::mem::take(&mut self.lines.lock().expect("no reader panicked"))
    }
}

struct Reader {
    target: &'static str,
    lines: Arc<Mutex<Vec<Line>>>,
}

impl Subscriber for Reader {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == self.target
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(BTreeMap::from([("level".to_owned(), event.metadata().level().to_string())]));
        event.record(&mut fields);
        self.lines.lock().expect("no reader panicked").push(fields.0);
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

struct Fields(Line);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}
