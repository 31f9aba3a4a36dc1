//! What files are: encodings, sizes, bombs, disguises; the template; the command line's way in.

use encoding_rs::GB18030;
use std::io::Write;
use testkit::on_each_engine;

use super::*;

const CSV: &str = "单位代码,单位名称,单位类型,隶属单位\r\nT01,青禾镇卫生院,卫生院,H0\r\n\r\nT02,\"白塔镇,中心卫生院\",中心卫生院,H0\r\n";

#[test]
fn csv_in_every_encoding() {
    on_each_engine(modules, |app| async move {
        let (admin, _) = start(&app).await;
        let with_bom = [b"\xef\xbb\xbf", CSV.as_bytes()].concat();
        let utf16: Vec<u8> = [0xff_u8, 0xfe]
            .into_iter()
            .chain(CSV.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let tabs = CSV
            .replace("\"白塔镇,中心卫生院\"", "白塔镇")
            .replace(',', "\t");
        let cases: [(&str, Vec<u8>); 5] = [
            ("utf-8", CSV.as_bytes().to_vec()),
            ("utf-8", with_bom),
            ("gb18030", GB18030.encode(CSV).0.into_owned()),
            ("utf-16", utf16),
            ("utf-8", tabs.into_bytes()),
        ];
        for (encoding, bytes) in cases {
            let looked = upload(&admin, "机构.csv", &bytes).await;
            assert_eq!(looked.json["report"]["encoding"], encoding);
            assert_eq!(findings(&looked), Vec::<String>::new());
            assert_eq!(
                sheet_counts(&looked),
                [("organizations".to_owned(), 2, 0, 0)]
            );
        }
        let mut broken = with_bom_and(CSV);
        let at = broken.len() - 10;
        broken[at] = 0xff;
        let reply = admin.upload("/api/imports", "坏.csv", &broken, &[]).await;
        let reply = reply.expect(400).expect_code("import.encoding");
        assert_eq!(reply.json["data"]["line"], 4);
    });
}

fn with_bom_and(text: &str) -> Vec<u8> {
    [b"\xef\xbb\xbf", text.as_bytes()].concat()
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, content) in parts {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn files_that_are_none_are_refused() {
    on_each_engine(modules, |app| async move {
        let (admin, _) = start(&app).await;
        let bomb = packed(&[("xl/sharedStrings.xml", &vec![b' '; 201 * 1024 * 1024])]);
        assert!(bomb.len() < 1024 * 1024);
        let cases: [(&str, Vec<u8>, u16, &str); 7] = [
            ("空.csv", Vec::new(), 400, "import.file-empty"),
            (
                "旧.xls",
                [&[0xd0, 0xcf, 0x11, 0xe0][..], &[0; 600]].concat(),
                400,
                "import.file-type",
            ),
            (
                "程序.csv",
                b"MZ\x90\0\x03\0\0\0".to_vec(),
                400,
                "import.file-type",
            ),
            (
                "包.xlsx",
                packed(&[("a.txt", b"hello")]),
                400,
                "import.file-damaged",
            ),
            (
                "半.xlsx",
                file(vec![sheet("机构", &[&["机构编码"]])])[..200].to_vec(),
                400,
                "import.file-damaged",
            ),
            ("炸弹.xlsx", bomb, 413, "import.file-bomb"),
            (
                "大.csv",
                vec![b'a'; 20 * 1024 * 1024 + 1],
                413,
                "import.file-too-large",
            ),
        ];
        for (name, bytes, status, code) in cases {
            admin
                .upload("/api/imports", name, &bytes, &[])
                .await
                .expect(status)
                .expect_code(code);
        }
        let many = "a,b\n".repeat(200_001);
        let reply = admin
            .upload("/api/imports", "长.csv", many.as_bytes(), &[])
            .await;
        reply.expect(413).expect_code("import.too-many-rows");
        let nothing = upload(&admin, "别的.csv", b"a,b\n1,2\n").await;
        assert_eq!(
            findings(&nothing),
            ["A1 import.sheet-unknown", "A1 import.nothing-known"]
        );
        admin
            .post("/api/imports", json!({}))
            .await
            .expect(400)
            .expect_code("import.upload");
    });
}

#[test]
fn the_template_is_understood_by_the_import() {
    on_each_engine(modules, |app| async move {
        let (admin, _) = start(&app).await;
        let template = admin.get("/api/imports/template.xlsx").await.expect(200);
        let looked = upload(&admin, "模板.xlsx", &template.bytes).await;
        assert_eq!(findings(&looked), Vec::<String>::new());
        let kinds: Vec<String> = sheet_counts(&looked)
            .into_iter()
            .map(|(kind, ..)| kind)
            .collect();
        assert_eq!(
            kinds,
            [
                "organizations",
                "departments",
                "people",
                "beds",
                "equipment",
                "schedules"
            ]
        );
    });
}

#[test]
fn the_command_line_takes_a_file_in_or_looks_only() {
    on_each_engine(modules, |app| async move {
        let (admin, _) = start(&app).await;
        let request = store::Request::system("import");
        for (dry_run, expected) in [(true, 0), (false, 2)] {
            let report =
                crate::import_roster(app.store(), &request, CSV.as_bytes(), "机构.csv", dry_run)
                    .await
                    .unwrap();
            assert_eq!((report.error_count, report.applied), (0, !dry_run));
            let found = admin.get("/api/organizations?q=T0").await.expect(200);
            assert_eq!(found.json["items"].as_array().unwrap().len(), expected);
        }
    });
}

#[test]
#[ignore = "measures a large roster; run it by name"]
fn twenty_thousand_people_in_one_file() {
    on_each_engine(modules, |app| async move {
        let (admin, _) = start(&app).await;
        let mut text = String::from("所属机构,工号,姓名,人员类别,人员身份\n");
        for number in 0..20_000 {
            text.push_str(&format!("H0,{number},林知远,医师,在编\n"));
        }
        let looked = upload(&admin, "人员.csv", text.as_bytes()).await;
        assert_eq!(findings(&looked), Vec::<String>::new());
        assert_eq!(sheet_counts(&looked), [("people".to_owned(), 20_000, 0, 0)]);
    });
}
