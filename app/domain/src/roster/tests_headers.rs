use super::tests::{read, texts};
use super::*;

fn fields(sheet: &Sheet) -> Vec<(String, Field)> {
    let u = understand(std::slice::from_ref(sheet));
    assert!(u.recognised);
    u.columns.columns.into_iter().map(|c| (c.letters, c.field)).collect()
}

#[test]
fn headers_in_the_wild() {
    use Field::*;
    for (field, headers) in [
        (Ordinal, &["STT", "TT", "Số TT", "S.T.T", "Số thứ tự"][..]),
        (
            FullName,
            &[
                "Họ và tên",
                "HỌ VÀ TÊN",
                "Họ tên",
                "Họ, tên",
                "Họ và tên đảng viên",
                "Họ và tên (chữ in hoa)",
                "Đảng viên",
                "Đồng chí",
                "Tên đồng chí",
                "Tên ĐV",
                "Họ và tên khai sinh",
                "Ho va ten",
            ],
        ),
        (FamilyAndMiddle, &["Họ đệm", "Họ và tên đệm", "Họ và đệm", "Họ lót", "Họ và chữ đệm"]),
        (Given, &["Tên", "TÊN"]),
        (
            Born,
            &[
                "Ngày sinh",
                "Năm sinh",
                "Ngày, tháng, năm sinh",
                "Ngày tháng năm sinh (dd/mm/yyyy)",
                "NTNS",
                "NS",
                "Sinh năm",
                "Ngày/tháng/năm sinh",
            ],
        ),
        (Sex, &["Giới tính", "Nam/Nữ", "Phái"]),
        (Male, &["Nam"]),
        (Female, &["Nữ"]),
        (
            Workplace,
            &[
                "Nơi công tác",
                "Đơn vị công tác",
                "Cơ quan",
                "Chức vụ, đơn vị công tác",
                "Nơi làm việc",
                "Cơ quan, đơn vị",
            ],
        ),
        (Title, &["Chức vụ", "Chức danh", "Nghề nghiệp"]),
        (
            WorkCell,
            &[
                "Chi bộ nơi công tác",
                "Đảng bộ/chi bộ đang sinh hoạt",
                "Nơi sinh hoạt Đảng",
                "Tổ chức đảng nơi công tác",
            ],
        ),
        (Phone, &["Số điện thoại", "SĐT", "Điện thoại", "ĐT", "Di động", "Số ĐT liên hệ", "Điện thoại (Zalo)"]),
        (Address, &["Địa chỉ", "Nơi cư trú", "Chỗ ở hiện nay", "Địa chỉ thường trú", "Số nhà", "HKTT"]),
        (Group, &["Tổ", "Tổ dân phố", "Nhóm", "Tổ/nhóm", "TDP"]),
        (Admitted, &["Ngày vào Đảng", "Ngày kết nạp", "Vào Đảng (dự bị)"]),
        (Official, &["Ngày chính thức", "Ngày vào Đảng chính thức", "Chính thức"]),
        (Exemption, &["Miễn sinh hoạt", "Được miễn sinh hoạt nơi cư trú", "Miễn SH"]),
        (ExemptionBasis, &["Lý do miễn", "Diện miễn sinh hoạt", "Căn cứ miễn"]),
        (Note, &["Ghi chú"]),
        (Ignore, &["Nơi sinh", "Quê quán", "Số CCCD", "Dân tộc", "Số thẻ đảng viên", "Chi bộ nơi cư trú"]),
    ] {
        for header in headers {
            assert_eq!(field_of_header(header), Some(field), "{header}");
        }
    }
    for header in ["", "Năm", "DANH SÁCH", "Nguyễn Văn Hùng", "12", "Xếp loại"] {
        assert_eq!(field_of_header(header), None, "{header}");
    }
}

#[test]
fn a_header_is_found_below_titles_and_two_rows_high() {
    use Field::*;
    let plain = texts(&[
        &["ĐẢNG BỘ PHƯỜNG AN BÌNH"],
        &["CHI BỘ KHU PHỐ 3", "", "", "", "ĐẢNG CỘNG SẢN VIỆT NAM"],
        &[],
        &["DANH SÁCH ĐẢNG VIÊN ĐANG CÔNG TÁC GIỮ MỐI LIÊN HỆ NƠI CƯ TRÚ"],
        &["TT", "Họ và tên", "Năm sinh", "Nơi công tác", "SĐT", "Ghi chú"],
        &["1", "Nguyễn Văn Hùng", "1960", "Sở Y tế", "0912000111", ""],
    ]);
    let u = understand(std::slice::from_ref(&plain));
    assert_eq!(u.columns.first_row, 6);
    assert_eq!(
        fields(&plain).iter().map(|f| f.1).collect::<Vec<_>>(),
        [Ordinal, FullName, Born, Workplace, Phone, Note]
    );
    assert_eq!(u.columns.columns[1].samples, ["Nguyễn Văn Hùng"]);

    let two = texts(&[
        &["DANH SÁCH"],
        &["STT", "Họ và tên", "Ngày sinh", "", "Ngày vào Đảng", "", "Nơi cư trú", "", "Miễn"],
        &["", "", "Nam", "Nữ", "Dự bị", "Chính thức", "Số nhà", "Tổ", ""],
        &["1", "Lê Thị Đào", "", "19/05/1970", "03/02/1995", "03/02/1996", "12 Lê Lợi", "3", "x"],
    ]);
    assert_eq!(
        fields(&two).iter().map(|f| f.1).collect::<Vec<_>>(),
        [Ordinal, FullName, Male, Female, Admitted, Official, Address, Group, Exemption]
    );
    let parsed = read(&two);
    let p = &parsed.rows[0].person;
    assert_eq!(
        (p.sex, p.born.unwrap().vi(), p.group.as_deref()),
        (Some(crate::member::Sex::Female), "19/05/1970".into(), Some("Tổ 3"))
    );
    assert_eq!((p.admitted.unwrap().vi(), p.official.unwrap().vi()), ("03/02/1995".into(), "03/02/1996".into()));

    let parts = texts(&[
        &["STT", "Họ và tên", "", "Ngày sinh", "", ""],
        &["", "Họ đệm", "Tên", "Ngày", "Tháng", "Năm"],
        &["1", "Lê Thị", "Đào", "", "5", "1970"],
        &["2", "Lê Văn", "Đạt", "31", "2", "1970"],
    ]);
    let parsed = read(&parts);
    assert_eq!(parsed.rows[0].person.name.as_ref().unwrap().as_str(), "Lê Thị Đào");
    assert_eq!(parsed.rows[0].person.born.unwrap().vi(), "05/1970");
    assert_eq!(parsed.rows[1].problems[0].code, ProblemCode::BadBirth);

    // One head merged over two columns of names.
    let merged = texts(&[
        &["TT", "Họ và tên", "", "Năm sinh"],
        &["1", "Lê Thị", "Đào", "1970"],
        &["2", "Lê Văn", "Đạt", "1971"],
    ]);
    assert_eq!(fields(&merged)[1..3].iter().map(|f| f.1).collect::<Vec<_>>(), [FamilyAndMiddle, Given]);
    assert_eq!(read(&merged).rows[1].person.name.as_ref().unwrap().as_str(), "Lê Văn Đạt");

    // Names only, and a first row of people that must not be taken for a second header.
    let names = texts(&[&["Họ và tên"], &["Lê Thị Nam"], &["Trần Văn Tổ"]]);
    assert_eq!(read(&names).rows.len(), 2);
    let grouped = texts(&[&["TT", "Họ và tên", "Chức vụ"], &["", "", "Bí thư"], &["1", "Lê Thị Đào", "Giám đốc"]]);
    assert_eq!(read(&grouped).total, 2);
}

#[test]
fn the_best_sheet_is_taken_and_an_unknown_one_is_left_to_the_person() {
    let notes = texts(&[&["Hướng dẫn nhập liệu"], &["Họ và tên", "ghi như khai sinh"]]);
    let short = texts(&[&["TT", "Họ và tên", "Năm sinh"], &["1", "Lê Thị Đào", "1970"]]);
    let long = texts(&[&["TT", "Họ và tên", "Năm sinh"], &["1", "Lê Thị Đào", "1970"], &["2", "Lê Văn Đạt", "1970"]]);
    let u = understand(&[notes.clone(), short.clone(), long]);
    assert_eq!((u.columns.sheet, u.recognised, u.sheets[1].recognised), (2, true, true));
    assert_eq!(understand_sheet(&[notes, short], 1).first_row, 2);

    let unknown = texts(&[&["aaa", "bbb"], &["Lê Thị Đào", "1970"]]);
    let mut u = understand(std::slice::from_ref(&unknown));
    assert!(!u.recognised && !u.columns.has_name());
    u.columns.columns[0].field = Field::FullName;
    u.columns.columns[1].field = Field::Born;
    u.columns.first_row = 2;
    assert_eq!(parse_rows(&unknown, &u.columns).rows[0].person.born.unwrap().year(), 1970);
    assert!(understand(&[]).columns.columns.is_empty());
    assert_eq!(understand_sheet(&[], 7).sheet, 7);
}
