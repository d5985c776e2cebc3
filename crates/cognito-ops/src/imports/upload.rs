//! The file of an import job comes by a link that CreateUserImportJob tells: a secret that the service derives from the
//! job and therefore stores nowhere. What arrives is stored in parts, so that no file is ever in memory as a whole.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_core::import::{Cutter, File, ImportJob, MAX_BYTES, Part};
use cognito_core::{Entity as _, ids, secret};

use crate::app::Inner;
use crate::ctx::Ctx;
use crate::errors::{ApiError, Reply};

/// How many parts one commit deletes.
const STEP: usize = 200;

/// Where a file is sent to: the path of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadPath<'a> {
    pool_id: &'a str,
    job_id: &'a str,
    key: &'a str,
}

impl<'a> UploadPath<'a> {
    /// The largest file in bytes.
    pub const MAX_BYTES: usize = MAX_BYTES;
    /// What every such path begins with. What follows is not for logs.
    pub const BEGINNING: &'static str = "/_awsemu/import/";

    /// The path, if it has the form of one.
    pub fn of(path: &'a str) -> Option<Self> {
        let mut parts = path.strip_prefix(Self::BEGINNING)?.split('/');
        let (pool_id, job_id, key) = (parts.next()?, parts.next()?, parts.next()?);
        parts.next().is_none().then_some(Self { pool_id, job_id, key })
    }

    /// The path as text, which is a secret: [`UploadPath::of`] reads it.
    pub fn text(&self) -> String {
        let Self { pool_id, job_id, key } = self;
        format!("{}{pool_id}/{job_id}/{key}", Self::BEGINNING)
    }
}

/// The link of a job, as the caller sees the service.
pub(super) fn link(ctx: &Ctx<'_>, job: &ImportJob) -> String {
    let key = key(ctx.app(), &job.pool_id, &job.id);
    ctx.endpoint(&UploadPath { pool_id: &job.pool_id, job_id: &job.id, key: &key }.text())
}

fn key(app: &Inner, pool_id: &str, job_id: &str) -> String {
    URL_SAFE_NO_PAD.encode(app.installation.derive("import", &[pool_id, job_id]))
}

/// Takes a file, piece by piece until there is none. It replaces one that was uploaded before.
pub(crate) async fn take<B: AsRef<[u8]>>(
    app: &Inner,
    path: UploadPath<'_>,
    next: impl AsyncFnMut() -> Reply<Option<B>>,
) -> Reply<()> {
    let UploadPath { pool_id, job_id, key: given } = path;
    if !secret::equal(key(app, pool_id, job_id).as_bytes(), given.as_bytes()) {
        return Err(ApiError::upload_denied());
    }
    let now = app.now().await?;
    let job = app.store.get::<ImportJob>(&ImportJob::key_of(pool_id, job_id), now).await?;
    let job = job.ok_or_else(ApiError::upload_denied)?;
    job.check_open(now)?;
    let mut random = [0; 16];
    app.ports.rng.fill(&mut random);
    let mut cutter = Cutter::new(&job, ids::uuid(random));
    match keep(app, &job, &mut cutter, next).await {
        Ok(None) => Ok(()),
        Ok(Some(replaced)) => discard(app, &job, &replaced, 0).await,
        Err(error) => {
            discard(app, &job, &cutter.file(), 0).await?;
            Err(error)
        }
    }
}

/// Stores what arrives, gives it to the job, and gives the file that the job had before.
async fn keep<B: AsRef<[u8]>>(
    app: &Inner,
    job: &ImportJob,
    cutter: &mut Cutter,
    mut next: impl AsyncFnMut() -> Reply<Option<B>>,
) -> Reply<Option<File>> {
    let now = app.now().await?;
    while let Some(piece) = next().await? {
        let parts = cutter.push(piece.as_ref())?;
        app.store.append(now, &parts, &[]).await?;
    }
    app.store.append(now, cutter.finish()?.as_slice(), &[]).await?;
    let now = app.now().await?;
    app.store
        .write(now, async |txn| {
            let job = txn.get::<ImportJob>(&job.key()).await?.ok_or_else(ApiError::upload_denied)?;
            let mut job = (*job).clone();
            let replaced = job.attach(cutter.file(), now)?;
            txn.save(&job);
            Ok(replaced)
        })
        .await
}

/// Deletes what nobody needs any more: the parts of a file from that number on.
pub(super) async fn discard(app: &Inner, job: &ImportJob, file: &File, from: u32) -> Reply<()> {
    let keys: Vec<String> = (from..file.parts).map(|number| Part::key_of(job, file, number)).collect();
    for keys in keys.chunks(STEP) {
        app.store.append::<Part>(app.now().await?, &[], keys).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use cognito_core::{Kind, Span};
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::world::{merged, text};

    use super::*;
    use crate::imports::testing::{create, described};

    async fn world() -> (World, Value) {
        let world = World::new().await;
        let pool = world.pool(json!({})).await;
        let job = create(&world, &pool).await;
        world.written();
        (world, job)
    }

    /// The records of the parts that the file of a job has.
    async fn parts(world: &World, job: &Value) -> Option<Vec<String>> {
        let (store, now) = (world.app.store(), world.now());
        let key = ImportJob::key_of(&text(&job["UserPoolId"]), &text(&job["JobId"]));
        let job = store.get::<ImportJob>(&key, now).await.unwrap().unwrap();
        let cognito_core::import::State::Created { file } = &job.state else { panic!("{job:?}") };
        let file = file.as_ref()?;
        let mut parts = Vec::new();
        for number in 0..file.parts {
            let part = store.get::<Part>(&Part::key_of(&job, file, number), now).await.unwrap();
            parts.push(part.expect("a part that is stored").text.clone());
        }
        Some(parts)
    }

    /// Sends a file to the link of a job.
    async fn send(world: &World, job: &Value, pieces: &[Option<&[u8]>]) -> String {
        let answer = world.upload(&text(&job["PreSignedUrl"]), pieces).await;
        answer.map_or_else(|failure| format!("{}: {}", failure.code, failure.message), |()| "ok".to_owned())
    }

    const DENIED: &str = "AccessDenied: The link does not, or no longer, take a file.";

    #[tokio::test]
    async fn a_file_comes_in_parts_and_replaces_another() {
        let (world, job) = world().await;
        let line = "x".repeat(99) + "\n";
        let long = line.repeat(400);
        let (head, rest) = long.as_bytes().split_at(150);
        assert_eq!(send(&world, &job, &[Some(head), Some(rest)]).await, "ok");
        let stored = parts(&world, &job).await.unwrap();
        assert_eq!((stored.len(), stored.concat()), (3, long));
        assert_eq!(described(&world, &job).await, job, "nobody sees that there is a file");

        world.written();
        assert_eq!(send(&world, &job, &[Some(b"a\nb")]).await, "ok");
        assert_eq!(parts(&world, &job).await.unwrap(), ["a\nb"]);
        let written = [vec![Kind::ImportPart; 4], vec![Kind::ImportJob]].concat();
        let mut found = world.written();
        found.sort_by_key(|kind| *kind == Kind::ImportJob);
        assert_eq!(found, written, "one part is new, three are gone");
    }

    #[tokio::test]
    async fn what_cannot_be_a_file_leaves_nothing_behind() {
        let (world, job) = world().await;
        let row = "x".repeat(99) + "\n";
        // One part is written and deleted; of two that are cut at once, the second never was.
        let rows = row.repeat(200);
        let check = async |end: Option<&[u8]>, expected: &str, writes: usize| {
            assert_eq!(send(&world, &job, &[Some(rows.as_bytes()), end]).await, expected);
            assert_eq!(parts(&world, &job).await, None);
            assert_eq!(world.written(), vec![Kind::ImportPart; writes]);
        };
        check(Some(b"\xff"), "InvalidRequest: The file is not UTF-8.", 2).await;
        let long = "InvalidRequest: The file has a line of more than 16,000 characters.";
        check(Some(&[b'x'; 64_100]), long, 3).await;
        check(None, "MalformedHttpRequestException: broken", 2).await;
    }

    #[tokio::test]
    async fn links_are_of_one_job_and_expire() {
        let (world, job) = world().await;
        let other = create(&world, &text(&job["UserPoolId"])).await;
        let foreign = text(&other["PreSignedUrl"]).replace(&text(&other["JobId"]), &text(&job["JobId"]));
        let link = text(&job["PreSignedUrl"]);
        for bad in [foreign.as_str(), &link[..link.len() - 1], &link.replace("import-", "import-0")] {
            let job = merged(job.clone(), json!({ "PreSignedUrl": bad }));
            assert_eq!(send(&world, &job, &[Some(b"a")]).await, DENIED, "{bad}");
        }
        world.advance(Span::minutes(15) - Span::seconds(1));
        assert_eq!(send(&world, &job, &[Some(b"a")]).await, "ok");
        world.advance(Span::seconds(1));
        assert_eq!(send(&world, &job, &[Some(b"b")]).await, DENIED);
        assert_eq!(parts(&world, &job).await.unwrap(), ["a"]);
    }

    #[test]
    fn paths() {
        let check = |path: &str, expected: Option<[&str; 3]>| {
            let expected = expected.map(|[pool_id, job_id, key]| UploadPath { pool_id, job_id, key });
            assert_eq!(UploadPath::of(path), expected, "{path}");
        };
        check("/_awsemu/import/p/j/k", Some(["p", "j", "k"]));
        check("/_awsemu/import/p/j/", Some(["p", "j", ""]));
        check("/_awsemu/import/p/j", None);
        check("/_awsemu/import/p/j/k/", None);
        check("/_awsemu/imports/p/j/k", None);
    }
}
