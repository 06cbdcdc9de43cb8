use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use domain::contact::Contact;
use domain::ids::{ContactId, ParticipantId};
use domain::participant::Participant;
use sqlx::ConnectOptions as _;
use uuid::Uuid;

use super::*;
use crate::testing::{OLD_ROWS, Scratch, commit, example, insert, on_both};
use crate::{contacts, participants, search};

const MADE_AT: Timestamp = Timestamp::constant(1_579_132_800, 0);
const LATER: Timestamp = Timestamp::constant(1_579_219_200, 0);

/// What a restore changes: it holds the post, writes that down, signs everybody out, and withdraws feed tokens.
const CHANGED: [&str; 5] = ["feed_token", "held_queue", "ledger", "sign_in", "sign_in_link"];

/// A row in every table, the paper of which they speak, and a product that was merged into one that
/// stands far behind it.
async fn rows_everywhere(db: &Db, papers: &Folder) -> Digest {
    let paper = papers.keep(b"an advisory").unwrap();
    insert(db, &OLD_ROWS[0].replace("BYTES(aa)", &format!("BYTES({paper})"))).await;
    let product = |number| format!("(UUID({number}), 'Gateway {number}', 'confirmed')");
    let products = (100..=100 + 2 * ROWS_AT_ONCE).map(product).collect::<Vec<_>>().join(",");
    insert(db, &format!("INSERT INTO product (id, name, state) VALUES {products}")).await;
    for rows in &OLD_ROWS[1..] {
        insert(db, &rows.replace("BYTES(aa)", &format!("BYTES({paper})"))).await;
    }
    insert(
        db,
        "INSERT INTO product (id, name, state, merged_into) VALUES (UUID(3), 'gateway', 'merged', UUID(300));
         UPDATE advisory SET proposed = 'null';",
    )
    .await;
    paper
}

/// What `Db::open` takes.
fn place(db: &Db) -> String {
    match db {
        Db::Pg(pool) => pool.connect_options().to_url_lossy().to_string(),
        Db::Lite { writer, .. } => writer.connect_options().get_filename().display().to_string(),
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// Writes the manifest anew, as somebody would who knows how.
fn forge(backup: &Path, change: impl FnOnce(&mut Manifest)) {
    let mut manifest = read_manifest(backup).unwrap();
    change(&mut manifest);
    for name in [MANIFEST, MANIFEST_DIGEST] {
        fs::remove_file(backup.join(name)).unwrap();
    }
    write_manifest(backup, &manifest).unwrap();
}

#[tokio::test]
async fn what_was_taken_from_either_engine_comes_back_on_either() {
    let scratch = Scratch::new();
    let count = AtomicU64::new(0);
    let fresh = |what: &str| scratch.path().join(format!("{what}-{}", count.fetch_add(1, Ordering::Relaxed)));
    on_both(async |from| {
        let papers = Folder::open(&fresh("papers")).unwrap();
        let paper = rows_everywhere(&from, &papers).await;
        let backup = fresh("backup");
        let made = create(&from, &papers, &backup, MADE_AT).await.unwrap();
        assert!(made.manifest.tables.values().all(|table| table.rows > 0), "there is a row in every table");
        assert_eq!(made.flaws, [Flaw::Edited { place: 0 }], "the row of the example is no real entry");
        let verified = verify(&backup).unwrap();
        assert_eq!(verified.damage, []);
        assert_eq!((verified.manifest, verified.flaws), (Some(made.manifest.clone()), made.flaws.clone()));

        on_both(async |to| {
            let there = place(&to);
            to.close().await;
            drop(to);
            let papers = Folder::open(&fresh("papers")).unwrap();
            let restored = restore(&backup, &there, &papers, LATER).await.unwrap();
            assert_eq!((&restored.manifest, &restored.flaws), (&made.manifest, &made.flaws));
            assert_eq!(papers.read(paper).unwrap(), b"an advisory");

            let db = Db::open(&there).await.unwrap();
            let again = create(&db, &papers, &fresh("backup"), MADE_AT).await.unwrap();
            let of = ParticipantId(Uuid::from_u128(4));
            let tokens = feed_tokens::of_participant(&db, of).await.unwrap();
            let withdrawn: Vec<_> = tokens.iter().map(|it| it.withdrawn_at).collect();
            assert_eq!(withdrawn, [Some(LATER)], "what was withdrawn since does not live again");
            for (name, table) in again.manifest.tables {
                let before = &made.manifest.tables[&name];
                let changed = CHANGED.contains(&name.as_str());
                assert!(table == *before || changed, "{name} is the same down to the digest of the file");
            }
            for word in ["lek", "lekken", "dijken"] {
                let mut tx = db.begin("test").await.unwrap();
                search::put(&mut tx, "advisory", Uuid::from_u128(9), None, "dijken", "").await.unwrap();
                commit(tx).await;
                assert_eq!(search::find(&db, word, None, 9).await.unwrap().len(), 1, "{word}");
            }
        })
        .await;
        (made.manifest.tables, made.manifest.ledger)
    })
    .await;
}

#[tokio::test]
async fn a_flipped_byte_is_found_wherever_it_is() {
    let scratch = Scratch::new();
    let db = Db::open_file(&scratch.path().join("node.sqlite")).await.unwrap();
    let papers = Folder::open(&scratch.path().join("papers")).unwrap();
    rows_everywhere(&db, &papers).await;
    let backup = scratch.path().join("backup");
    let made = create(&db, &papers, &backup, MADE_AT).await.unwrap();
    let files = files_below(&backup);
    assert_eq!(files.len(), made.manifest.tables.len() + 4, "two for the manifest, the list, one paper");
    for file in files {
        let whole = fs::read(&file).unwrap();
        for place in (0..whole.len()).step_by(whole.len() / 7 + 1).chain([whole.len() - 1]) {
            let mut bytes = whole.clone();
            bytes[place] ^= 1 << (place % 8);
            fs::write(&file, bytes).unwrap();
            assert_ne!(verify(&backup).unwrap().damage, [], "byte {place} of {}", file.display());
        }
        fs::write(&file, &whole[..whole.len() - 1]).unwrap();
        assert_ne!(verify(&backup).unwrap().damage, [], "{} cut off", file.display());
        fs::remove_file(&file).unwrap();
        assert_ne!(verify(&backup).unwrap().damage, [], "{} missing", file.display());
        fs::write(&file, whole).unwrap();
    }
    assert_eq!(verify(&backup).unwrap().damage, []);
}

#[tokio::test]
async fn a_missing_paper_is_found_before_it_is_needed() {
    on_both(async |db| {
        let scratch = Scratch::new();
        let papers = Folder::open(&scratch.path().join("papers")).unwrap();
        let paper = rows_everywhere(&db, &papers).await;
        let backup = scratch.path().join("backup");
        create(&db, &papers, &backup, MADE_AT).await.unwrap();
        fs::remove_file(super::paper(&backup, paper)).unwrap();
        let damage = verify(&backup).unwrap().damage;
        assert_eq!(damage[0].file, format!("papers/{}", Folder::place(paper)));

        let lies_at = papers.path().join(Folder::place(paper));
        let another = zstd::bulk::compress(b"another", 3).unwrap();
        for spoil in [&|| fs::remove_file(&lies_at), &|| fs::write(&lies_at, &another)] as [&dyn Fn() -> _; 2]
        {
            spoil().unwrap();
            let second = scratch.path().join("second");
            let error = create(&db, &papers, &second, MADE_AT).await.unwrap_err();
            assert!(matches!(&error, BackupError::WithoutPapers(missing) if *missing == [paper]), "{error}");
        }
        let names: Vec<_> = fs::read_dir(scratch.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "half a backup stays behind: {names:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_is_of_one_moment_whoever_writes_meanwhile() {
    on_both(async |db| {
        let scratch = Scratch::new();
        let papers = Folder::open(&scratch.path().join("papers")).unwrap();
        let (numbers, is_over) = (AtomicU64::new(10), AtomicBool::new(false));
        let writer = async || {
            while !is_over.load(Ordering::Relaxed) {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                let (id, contact) =
                    (Uuid::from_u128(number.into()), Uuid::from_u128(u128::from(number) << 64));
                let participant = Participant {
                    id: ParticipantId(id),
                    name: format!("waterdorp {number}"),
                    ..example::noordzorg()
                };
                let contact = Contact { id: ContactId(contact), ..example::contact(participant.id) };
                let mut tx = db.begin("test").await.unwrap();
                participants::add(&mut tx, &participant).await.unwrap();
                contacts::add(&mut tx, &contact, contacts::Access::Admin).await.unwrap();
                commit(tx).await;
            }
        };
        let backups = async || {
            for number in 0..3 {
                let backup = scratch.path().join(format!("backup-{number}"));
                let made = create(&db, &papers, &backup, MADE_AT).await.unwrap();
                let [rows, contacts] = ["participant", "contact"].map(|name| made.manifest.tables[name].rows);
                assert_eq!((contacts, made.manifest.ledger.size), (rows, 2 * rows));
                let verified = verify(&backup).unwrap();
                assert_eq!((verified.damage, verified.flaws), (vec![], vec![]));
                let place = scratch.path().join(format!("restored-{number}.sqlite"));
                restore(&backup, place.to_str().unwrap(), &papers, LATER).await.unwrap();
                // They go on writing, so this ends.
                while ledger::size(&db).await.unwrap() <= made.manifest.ledger.size {}
            }
            is_over.store(true, Ordering::Relaxed);
        };
        tokio::join!(backups(), writer(), writer(), writer());
    })
    .await;
}

#[tokio::test]
async fn only_an_empty_database_that_nobody_uses_takes_a_backup() {
    let scratch = Scratch::new();
    let papers = Folder::open(&scratch.path().join("papers")).unwrap();
    let backup = scratch.path().join("backup");
    let empty = Db::open_file(&scratch.path().join("empty.sqlite")).await.unwrap();
    create(&empty, &papers, &backup, MADE_AT).await.unwrap();
    on_both(async |db| {
        example::participant_with_contact(&db).await;
        let there = place(&db);
        if let Db::Lite { .. } = db {
            let error = restore(&backup, &there, &papers, LATER).await.unwrap_err();
            assert!(matches!(error, BackupError::Store(StoreError::InUse(_))), "{error}");
        }
        db.close().await;
        drop(db);
        let error = restore(&backup, &there, &papers, LATER).await.unwrap_err();
        assert!(matches!(&error, BackupError::NotEmpty(table) if table == "participant"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn what_a_newer_program_made_is_refused_and_a_backup_never_replaces_another() {
    let scratch = Scratch::new();
    let papers = Folder::open(&scratch.path().join("papers")).unwrap();
    let db = Db::open_file(&scratch.path().join("node.sqlite")).await.unwrap();
    let [backup, there] = ["backup", "there.sqlite"].map(|name| scratch.path().join(name));
    create(&db, &papers, &backup, MADE_AT).await.unwrap();
    let error = create(&db, &papers, &backup, MADE_AT).await.unwrap_err();
    assert!(error.to_string().contains("never replaces another"), "{error}");

    forge(&backup, |manifest| manifest.schema_version = 999);
    let error = restore(&backup, there.to_str().unwrap(), &papers, LATER).await.unwrap_err();
    assert!(matches!(error, BackupError::Store(StoreError::NewerSchema { found: 999, .. })), "{error}");
    assert!(!there.exists(), "nothing was touched");

    let text = fs::read_to_string(backup.join(MANIFEST)).unwrap().replace("\"format\": 1", "\"format\": 2");
    fs::write(backup.join(MANIFEST_DIGEST), format!("{}  {MANIFEST}\n", Digest::of(text.as_bytes())))
        .unwrap();
    fs::write(backup.join(MANIFEST), text).unwrap();
    assert!(matches!(verify(&backup), Err(BackupError::NewerFormat(2))));
}

#[tokio::test]
async fn a_manifest_that_says_other_things_than_its_files_is_found_out() {
    let scratch = Scratch::new();
    let papers = Folder::open(&scratch.path().join("papers")).unwrap();
    let db = Db::open_file(&scratch.path().join("node.sqlite")).await.unwrap();
    rows_everywhere(&db, &papers).await;
    let lies: [fn(&mut Manifest); 5] = [
        |manifest| manifest.ledger.size += 1,
        |manifest| manifest.ledger.root.0[0] ^= 1,
        |manifest| manifest.papers = Contents { rows: 2, ..manifest.papers },
        |manifest| manifest.tables.retain(|name, _| name != "job"),
        |manifest| manifest.tables.extend([("rumour".into(), manifest.papers)]),
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        let backup = scratch.path().join(format!("backup-{number}"));
        create(&db, &papers, &backup, MADE_AT).await.unwrap();
        forge(&backup, lie);
        assert_eq!(verify(&backup).unwrap().damage.len(), 1, "lie {number}");
    }
}

#[tokio::test]
async fn a_restore_that_fails_leaves_the_database_empty() {
    let scratch = Scratch::new();
    let papers = Folder::open(&scratch.path().join("papers")).unwrap();
    let db = Db::open_file(&scratch.path().join("node.sqlite")).await.unwrap();
    rows_everywhere(&db, &papers).await;
    // Somebody was at the file with other tools.
    insert(&db, "PRAGMA foreign_keys = OFF; DELETE FROM officer; PRAGMA foreign_keys = ON;").await;
    let backup = scratch.path().join("backup");
    create(&db, &papers, &backup, MADE_AT).await.unwrap();
    on_both(async |to| {
        let there = place(&to);
        to.close().await;
        drop(to);
        let error = restore(&backup, &there, &papers, LATER).await.unwrap_err();
        assert!(matches!(error, BackupError::Store(StoreError::Database(_))), "{error}");
        let db = Db::open(&there).await.unwrap();
        assert_eq!(participants::all(&db).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn an_edited_history_is_copied_as_it_is_and_said_aloud() {
    on_both(async |db| {
        let scratch = Scratch::new();
        let papers = Folder::open(&scratch.path().join("papers")).unwrap();
        example::participant_with_contact(&db).await;
        let mut tx = db.begin("test").await.unwrap();
        ledger::checkpoint(&db, &mut tx, MADE_AT).await.unwrap();
        commit(tx).await;
        insert(&db, "UPDATE ledger SET at = 7 WHERE place = 1").await;
        let backup = scratch.path().join("backup");
        let made = create(&db, &papers, &backup, MADE_AT).await.unwrap();
        assert_eq!(made.flaws, [Flaw::Edited { place: 1 }]);
        let there = scratch.path().join("restored.sqlite");
        let restored = restore(&backup, there.to_str().unwrap(), &papers, LATER).await.unwrap();
        assert_eq!((restored.flaws, restored.unsettled), (made.flaws, 0));
    })
    .await;
}
