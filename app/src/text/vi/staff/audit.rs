//! Texts of *Nhật ký*.

words! {
    AUDIT = "Nhật ký";
    AUDIT_LEAD = "Ai đã làm gì trong sổ, ai được xem hay tải dữ liệu của ai, quản trị đã đổi gì. Mới nhất ở trên. Bấm vào tên để chỉ xem việc của người đó.";
    AUDIT_SET_TEXT = "Ai đã làm gì, ai đã xem và tải dữ liệu, vai trò nào được giao.";
    AUDIT_FILTERS = "Chọn lọc: đơn vị, loại, ngày";
    AUDIT_UNIT = "Đơn vị";
    AUDIT_KIND = "Xem loại nào?";
    AUDIT_ALL = "Tất cả";
    AUDIT_FROM = "Từ ngày";
    AUDIT_TO = "Đến ngày";
    AUDIT_ANYBODY = "Mọi người";
    AUDIT_LOADING = "Đang tìm trong nhật ký…";
    AUDIT_MORE = "Xem thêm";
    AUDIT_NONE = "Không có dòng nào";
    AUDIT_NONE_TEXT = "Thử bỏ bớt điều kiện: chọn Tất cả, xóa ngày, hoặc xem mọi người.";
    AUDIT_OFFLINE = "Xem nhật ký cần có mạng";
    AUDIT_NOT_YOURS = "Tài khoản này không xem nhật ký được";
    AUDIT_NOT_YOURS_TEXT = "Nhật ký dành cho đảng ủy phường, xã và quản trị.";
    AUDIT_APPLIED = "Đã vào sổ";
    AUDIT_HELD = "Chờ xem lại";
    AUDIT_REFUSED = "Không được tính";
    AUDIT_LATER = "Xem lại sau: ";
    AUDIT_NOBODY = "Tài khoản không còn";
}

/// Only of one person.
#[must_use]
pub fn audit_only(name: &str) -> String {
    ["Chỉ việc của ", name].concat()
}

/// How many people a line is about.
#[must_use]
pub fn audit_people(number: u32) -> String {
    format!("{number} người")
}
