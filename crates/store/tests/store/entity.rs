//! Entities: versions, history, lists in order, what is found by which key.

use kernel::{Id, Kind};
use store::{Change, Request, params};

use crate::support::{Thing, assert_whole, at_once, insert, on_each, request};

#[test]
fn a_change_moves_the_version_and_keeps_every_earlier_one() {
    on_each(|store| {
        let id = store
            .store
            .write_now(&request(), |tx| insert(tx, "first"))
            .unwrap();
        let updated = store.store.write_now(&request(), move |tx| {
            let mut thing = tx.load::<Thing>(id)?;
            thing.name = "second".to_owned();
            tx.update(&thing, Change::new("thing.renamed"))
        });
        assert_eq!(updated.unwrap().version, 2);
        let (old, new, events) = store
            .store
            .read_now(&request(), move |tx| {
                Ok((
                    tx.load_version::<Thing>(id, 1)?,
                    tx.load::<Thing>(id)?,
                    tx.events_of(id)?,
                ))
            })
            .unwrap();
        assert_eq!((old.name.as_str(), new.name.as_str()), ("first", "second"));
        let names: Vec<_> = events
            .iter()
            .map(|event| (event.event.as_str(), event.version))
            .collect();
        assert_eq!(names, [("thing.made", 1), ("thing.renamed", 2)]);
        assert_whole(&store.store);
    });
}

#[test]
fn of_two_who_saw_the_same_version_one_is_refused_with_the_current_one() {
    on_each(|store| {
        let id = store
            .store
            .write_now(&request(), |tx| insert(tx, "contested"))
            .unwrap();
        let seen = store
            .store
            .read_now(&request(), move |tx| tx.load::<Thing>(id))
            .unwrap();
        let answers = at_once(8, |index| {
            let mut mine = seen.clone();
            mine.name = format!("by {index}");
            store.store.write_now(&request(), move |tx| {
                tx.update(&mine, Change::new("thing.renamed"))
            })
        });
        let refused: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 7);
        for error in refused {
            assert_eq!(
                (error.kind(), error.code()),
                (Kind::StaleVersion, "store.stale-version")
            );
            assert_eq!(error.data().unwrap()["version"], 2);
        }
        assert_whole(&store.store);
    });
}

#[test]
fn what_is_not_there_is_not_found_and_an_update_of_it_too() {
    on_each(|store| {
        let missing = store
            .store
            .read_now(&request(), |tx| tx.load::<Thing>(Id::MAX))
            .unwrap_err();
        assert_eq!((missing.kind(), missing.code()), (Kind::NotFound, "thing"));
        let ghost = store::Versioned {
            version: 1,
            data: Thing::new(Id::MAX, "ghost"),
        };
        let update = store.store.write_now(&request(), move |tx| {
            tx.update(&ghost, Change::new("thing.renamed"))
        });
        assert_eq!(update.unwrap_err().kind(), Kind::NotFound);
    });
}

#[test]
fn pages_by_key_walk_every_row_once_in_code_point_order_with_chinese_names() {
    const PAGE: &str = "SELECT version, body FROM thing WHERE (name, id) > ($1, $2)
        ORDER BY name, id LIMIT $3";
    let names = [
        "王", "李", "张", "赵", "陈", "㐀", "A", "a", "Ä", "z", "中 文", "中文", "𠀀", "～", "1",
    ];
    on_each(|store| {
        store
            .store
            .write_now(&request(), move |tx| {
                names
                    .iter()
                    .cycle()
                    .take(90)
                    .try_for_each(|name| insert(tx, name).map(|_| ()))
            })
            .unwrap();
        let mut walked: Vec<(String, Id)> = Vec::new();
        loop {
            let (name, id) = walked.last().cloned().unwrap_or((String::new(), Id::NIL));
            let page = store
                .store
                .read_now(&request(), move |tx| {
                    tx.find::<Thing>(PAGE, &params![name.as_str(), id, 7_i64])
                })
                .unwrap();
            if page.is_empty() {
                break;
            }
            walked.extend(
                page.into_iter()
                    .map(|thing| (thing.data.name, thing.data.id)),
            );
        }
        let mut sorted = walked.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(walked.len(), 90);
        assert_eq!(walked, sorted, "{}", store.store.engine_name());
    });
}

#[test]
fn reading_a_patient_is_audited_before_the_answer() {
    on_each(|store| {
        let patient = store.store.ids().next(store.clock.now());
        let reader = Request::system("reader");
        let read = move |tx: &mut store::Tx<'_>| {
            tx.note_access(patient, None, &kernel::Basis::OwnPatient, "summary")?;
            Ok(42)
        };
        assert_eq!(store.store.read_now(&reader, read).unwrap(), 42);
        let limit = (kernel::Instant::from_micros(i64::MAX), Id::MAX);
        let log = store
            .store
            .read_now(&request(), move |tx| {
                tx.events_of_patient(patient, limit, 10)
            })
            .unwrap();
        assert_eq!(log.len(), 1);
        assert_eq!(
            (log[0].event.as_str(), log[0].actor_name.as_str()),
            ("record.read", "reader")
        );
        assert_eq!(log[0].detail_json()["what"], "summary");
        assert!(log[0].basis.as_deref().unwrap().contains("own-patient"));
    });
}

#[test]
fn a_kept_file_comes_back_only_as_it_was() {
    on_each(|store| {
        let blob = store
            .store
            .put_blob("影像报告".as_bytes(), "text/plain")
            .unwrap();
        assert_eq!(
            store
                .store
                .put_blob("影像报告".as_bytes(), "text/plain")
                .unwrap(),
            blob
        );
        let kept = blob.clone();
        store
            .store
            .write_now(&request(), move |tx| tx.keep_blob(&kept))
            .unwrap();
        assert_eq!(
            store.store.get_blob(&blob.sha256).unwrap(),
            "影像报告".as_bytes()
        );
        let path = store
            .dir
            .path()
            .join("blobs")
            .join(&blob.sha256[..2])
            .join(&blob.sha256);
        std::fs::write(&path, "影像报吿").unwrap();
        assert_eq!(
            store.store.get_blob(&blob.sha256).unwrap_err().code(),
            "blob.damaged"
        );
        for wrong in [
            "",
            "..",
            "../../etc/passwd",
            &"0".repeat(64),
            &"g".repeat(64),
        ] {
            assert_eq!(
                store.store.get_blob(wrong).unwrap_err().kind(),
                Kind::NotFound,
                "{wrong}"
            );
        }
    });
}
