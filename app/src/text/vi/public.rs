//! Texts of the pages that need no sign-in: what this is, what happens with personal data, help.
//!
//! They say what the program does, not what the law asks of whoever runs it: that is for the unit and its lawyer.

/// A section: heading and paragraphs.
pub type Section = (&'static str, &'static [&'static str]);

words! {
    ABOUT = "Giới thiệu";
    PRIVACY = "Quyền riêng tư";
    HELP = "Trợ giúp";
    OPEN_APP = "Mở ứng dụng";
    MORE = "Xem thêm";
    WAIT = "Đang mở ứng dụng…";
    NO_SCRIPT = "Ứng dụng cần JavaScript. Xin bật JavaScript trong cài đặt của trình duyệt rồi mở lại.";
    DESCRIPTION = "Điểm danh, thông báo và liên hệ giữa chi bộ nơi cư trú với đảng viên đang công tác.";
    ABOUT_LEAD = "Sổ Liên Hệ giúp chi bộ nơi cư trú và đảng viên đang công tác giữ mối liên hệ: biết khi nào họp, đọc tài liệu trước, điểm danh nhanh, không mất gì khi không có mạng.";
    PRIVACY_LEAD = "Thông tin về đảng viên là dữ liệu nhạy cảm. Ứng dụng chỉ giữ những gì sổ của chi bộ cần, và mỗi người chỉ thấy phần việc của mình.";
    HELP_LEAD = "Những câu được hỏi nhiều nhất. Nếu vẫn chưa rõ, xin hỏi bí thư hoặc chi ủy của chi bộ.";
}

/// What this is.
pub const ABOUT_SECTIONS: &[Section] = &[
    (
        "Dành cho ai",
        &[
            "Đảng viên đang công tác: xem lịch họp, đọc thông báo và tài liệu trước buổi họp, tự điểm danh bằng mã 6 số.",
            "Bí thư, chi ủy: giữ danh sách, mở buổi họp, điểm danh cả hội trường bằng một tay, kể cả khi không có mạng.",
            "Đảng ủy phường, xã: xem chi bộ nào đã họp, tỷ lệ dự họp, và tải bảng tổng hợp.",
        ],
    ),
    (
        "Không có mạng vẫn dùng được",
        &[
            "Mỗi lần bấm được lưu ngay trên máy, rồi tự gửi khi có mạng. Tắt máy hay hết pin cũng không mất.",
            "Màn hình luôn nói đúng tình trạng: Đang lưu, Đã lưu trên máy này, Đã gửi, Đã vào sổ. Việc nào chưa được tính thì hiện ở Cần xem lại, kèm lý do và cách xử lý.",
        ],
    ),
    (
        "Làm quen trong một phút",
        &[
            "Nhận mã hoặc đường dẫn từ chi ủy, mở ra, đặt tên cho máy. Từ đó về sau không cần nhập lại.",
            "Ứng dụng không thay cho Sổ tay đảng viên điện tử hay cơ sở dữ liệu đảng viên. Đây là công cụ của chi bộ nơi cư trú.",
        ],
    ),
];

/// What happens with personal data.
pub const PRIVACY_SECTIONS: &[Section] = &[
    (
        "Giữ những gì",
        &[
            "Họ tên, giới tính, ngày hoặc năm sinh, số điện thoại, nơi cư trú, tổ, nơi công tác, chức vụ, ngày vào Đảng, ngày chính thức, diện miễn sinh hoạt; việc dự họp; thông báo đã đọc.",
            "Không thu số căn cước, ảnh giấy tờ, lý lịch, tôn giáo, thông tin gia đình, vị trí hay đường đi.",
        ],
    ),
    (
        "Ai xem được",
        &[
            "Đảng viên chỉ thấy thông tin của chính mình, lịch họp và thông báo của chi bộ và cấp trên trực tiếp.",
            "Bí thư, chi ủy thấy danh sách của chi bộ mình. Đảng ủy phường, xã thấy báo cáo của các chi bộ trực thuộc. Cấp trên nữa chỉ thấy con số.",
        ],
    ),
    (
        "Ở trên máy này",
        &[
            "Máy giữ một bản để dùng khi không có mạng. Đăng xuất thì bản đó được xóa, trừ những việc chưa gửi.",
            "Không có quảng cáo, không có mã theo dõi, không gửi dữ liệu cho bên thứ ba. Thông báo đẩy, nếu có, không mang nội dung.",
        ],
    ),
    (
        "Quyền của mình",
        &[
            "Xem thông tin về mình ở mục Sổ liên hệ. Thấy sai, xin báo chi ủy sửa: mọi lần sửa đều ghi lại ai sửa và lúc nào.",
            "Yêu cầu sửa, xóa gửi ngay ở trang Dữ liệu của tôi, hoặc báo chi ủy, đảng ủy phường, xã nơi quản lý sổ. Mỗi yêu cầu có hạn trả lời. Yêu cầu không tự xóa gì: người trả lời làm theo quy định và nói rõ.",
        ],
    ),
    (
        "Đồng ý hay không",
        &[
            "Ứng dụng hỏi một lần cho mỗi bản của thông báo này. Không trả lời, để sau hay rút lại đều được: điểm danh và mọi việc khác vẫn dùng như thường.",
            "Việc giữ danh sách và ghi dự sinh hoạt làm theo quy định của Đảng, không dựa vào sự đồng ý này. Vì vậy rút lại sự đồng ý không tự xóa dữ liệu.",
        ],
    ),
];

/// What changed with each version of the notice, the latest first: its day as [`domain::consent::version`] has it, and a sentence.
pub const PRIVACY_CHANGES: &[(&str, &str)] = &[(
    "2026-11-23",
    "Bản đầu tiên có hỏi đồng ý hay không; thêm cách gửi yêu cầu sửa, xóa ở trang Dữ liệu của tôi và hạn trả lời.",
)];

/// Help.
pub const HELP_SECTIONS: &[Section] = &[
    (
        "Đăng nhập thế nào?",
        &[
            "Chi ủy đưa một mã hoặc một đường dẫn, dùng một lần. Mở đường dẫn, hoặc vào ứng dụng và nhập mã. Mã đã dùng hay hết hạn thì xin chi ủy mã mới.",
        ],
    ),
    (
        "Tự điểm danh thế nào?",
        &[
            "Khi bí thư mở điểm danh, mục Hôm nay có nút Điểm danh. Bấm vào, nhập 6 số trên máy của bí thư. Thấy Đã lưu trên máy này là yên tâm; có mạng, máy tự gửi.",
            "Nhập sai mã thì nhập lại, không mất gì.",
        ],
    ),
    (
        "Có số ở góc trên bên phải nghĩa là gì?",
        &[
            "Đó là số việc chưa vào sổ. Bấm vào để xem từng việc đang ở đâu. Đợi có mạng, số đó tự giảm về 0.",
            "Màu đỏ là có việc cần xem lại: bấm vào để đọc lý do và cách xử lý.",
        ],
    ),
    (
        "Máy hết bộ nhớ, hỏng mạng, không gửi được?",
        &[
            "Bấm số ở góc trên bên phải, chọn Lưu ra tệp rồi đưa tệp cho chi ủy, ví dụ qua Zalo. Không cần mạng, không cần chỗ trống trong máy.",
            "Máy nào đã đăng nhập cũng nhận được tệp, ở mục Việc chưa gửi. Nhận hai lần cũng không bị tính hai lần.",
        ],
    ),
    ("Chữ nhỏ quá?", &["Vào Cài đặt, chọn Chữ to: A, A+ hoặc A++. Cỡ chữ của điện thoại cũng có tác dụng."]),
    (
        "Đưa ứng dụng ra màn hình chính",
        &[
            "Android: bấm Cài đặt ứng dụng khi được mời, hoặc chọn Thêm vào màn hình chính trong trình đơn của Chrome.",
            "iPhone: mở bằng Safari, bấm nút Chia sẻ, chọn Thêm vào MH chính, rồi bấm Thêm.",
        ],
    ),
    (
        "Đổi điện thoại hoặc mất máy?",
        &[
            "Xin chi ủy mã mới cho máy mới. Báo chi ủy biết máy cũ đã mất để khóa lại. Trước khi đổi máy, mở máy cũ ở nơi có mạng để gửi hết việc còn chờ.",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_in_force_says_what_changed() {
        let days: Vec<&str> = PRIVACY_CHANGES.iter().map(|(day, _)| *day).collect();
        assert_eq!(days[0], domain::consent::version().to_string());
        assert!(days.windows(2).all(|two| two[0] > two[1]), "the latest first");
    }
}
