//! How long a long roster holds the embedded database's only writer.

use std::fmt::Write;

use testkit::on_each_engine;

use super::{modules, start};

/// `cargo nextest run -p lianti-exchange --run-ignored only --no-capture ten_thousand`
#[test]
#[ignore = "measures, and asserts no figure: machines differ"]
fn ten_thousand_people_are_looked_at_and_taken_in() {
    on_each_engine(modules, |app| async move {
        start(&app).await;
        let mut csv = "机构,工号,姓名,性别,人员类别,职称,执业证号,入职日期\n".to_owned();
        for number in 0..10_000 {
            let rest = "张三,男,医生,主治医师";
            writeln!(csv, "H0,P{number:05},{rest},ZY{number:012},2020-01-02").unwrap();
        }
        let (clock, request) = (store::Clock::System, store::Request::system("test"));
        for (what, dry_run) in [("look", true), ("take in", false), ("once more", false)] {
            let begun = clock.now();
            let report =
                crate::import_roster(app.store(), &request, csv.as_bytes(), "people.csv", dry_run)
                    .await
                    .unwrap();
            let millis = (clock.now().micros() - begun.micros()) / 1_000;
            println!("{} {what}: {millis} ms", app.store().engine_name());
            assert_eq!((report.error_count, report.sheets[0].rows), (0, 10_000));
        }
    });
}
