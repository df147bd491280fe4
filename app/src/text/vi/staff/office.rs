//! Texts of the first start and of *Đơn vị và vai trò*.

use chrono::NaiveDate;
use domain::account::{Grant, Role};
use domain::time::{Millis, date_vi};
use domain::unit::UnitKind;

words! {
    // first start
    SETUP = "Thiết lập lần đầu";
    SETUP_LEAD = "Máy chủ này chưa có ai. Người thiết lập trở thành quản trị, và lập tài khoản cho những người khác.";
    SETUP_CODE = "Mã thiết lập";
    SETUP_CODE_HINT = "Ở dòng “first start” trong nhật ký của máy chủ";
    SETUP_WARD = "Tên Đảng ủy phường, xã";
    SETUP_WARD_HINT = "Như trên giấy tờ, ví dụ: Đảng ủy phường An Hòa";
    SETUP_ADMIN = "Họ tên của bạn";
    SETUP_CELLS = "Các chi bộ, mỗi dòng một tên";
    SETUP_CELLS_HINT = "Ví dụ: Chi bộ Khu phố 1. Có thể để trống và thêm sau.";
    SETUP_GO = "Thiết lập";
    SETUP_BUSY = "Đang thiết lập…";
    SETUP_DONE_TITLE = "Máy chủ này đã được thiết lập";
    SETUP_DONE_TEXT = "Xin đăng nhập bằng mã do người quản trị hoặc chi bộ cấp.";
    SETUP_TO_SIGN_IN = "Đến trang đăng nhập";
    ERR_SETUP_CODE = "Chưa có mã thiết lập.";
    ERR_NAME_EMPTY = "Chưa có tên.";
    ERR_NAME_UNFIT = "Tên dài quá 200 ký tự hoặc có ký tự lạ.";
    ERR_CELL_UNFIT = "Có tên chi bộ dài quá 200 ký tự hoặc có ký tự lạ.";
    ERR_CELL_TWICE = "Có hai chi bộ cùng tên.";
    ERR_CELLS_MANY = "Nhiều nhất 500 chi bộ một lần.";

    // units and roles
    OFFICE = "Đơn vị và vai trò";
    OFFICE_SHORT = "Đơn vị";
    OFFICE_UNITS = "Đơn vị";
    OFFICE_PEOPLE = "Người có vai trò";
    OFFICE_PEOPLE_TEXT = "Đảng viên nhận mã ở trang của từng người trong danh sách chi bộ, không ở đây.";
    OFFICE_NOBODY = "Chưa có ai. Chọn một đơn vị để giao vai trò.";
    NO_SECRETARY = "Chưa có bí thư";
    PHONES = "Máy trong đơn vị";
    PHONES_LEAD = "Máy của những người có tài khoản trong đơn vị. Máy bị mất thì đăng xuất; việc chưa gửi trên máy ấy không mất.";
    PHONES_UNIT = "Đơn vị";
    PHONES_SEARCH = "Tìm theo tên";
    PHONES_ALL = "Tất cả";
    PHONES_SILENT = "30 ngày chưa liên lạc";
    PHONES_UNSENT = "Còn việc chưa gửi";
    PHONES_OLD = "Bản cũ";
    PHONES_MORE = "Xem thêm máy";
    PHONES_NONE = "Không có máy nào";
    PHONES_NONE_TEXT = "Không có máy nào khớp với tên và bộ lọc đang chọn.";
    PHONES_NO_UNIT = "Tài khoản này không quản lý đơn vị nào";
    PHONES_NO_UNIT_TEXT = "Chỉ bí thư, đảng ủy và người quản trị xem được máy trong đơn vị.";
    PHONE_LOCKED = "Đang khóa vì lâu không liên lạc";
    PHONE_OLD = "Ứng dụng bản cũ";
    SLIP_END = "Hủy phiếu dự phòng";
    SLIP_END_TEXT = "Người này mất tờ mã dự phòng in sẵn? Hủy để không ai dùng được mã trên tờ ấy.";
    SLIP_END_ASK = "Hủy phiếu dự phòng của người này?";
    SLIP_END_ASK_TEXT = "Mọi mã còn lại trên tờ ấy không vào được nữa. Người ấy in tờ mới trên máy của mình.";
    ROLL_NOT_YOURS = "Buổi này không do anh, chị điểm danh";
    ROLL_NOT_YOURS_TEXT = "Bí thư, chi ủy hoặc người được giao thay điểm danh buổi này. Việc đã làm trên máy này vẫn được gửi.";
    DEPUTIES = "Người điểm danh thay";
    DEPUTIES_LEAD = "Khi bí thư, chi ủy không dự được, giao một người điểm danh buổi này. Người ấy thấy tên người phải dự, cả khi máy không có mạng; không thấy số điện thoại, địa chỉ. Buổi họp kết thúc thì tự thôi.";
    DEPUTIES_NONE = "Chưa giao cho ai";
    DEPUTIES_NONE_TEXT = "Tìm tên bên dưới để giao.";
    DEPUTIES_OVER = "Buổi họp đã kết thúc hoặc đã hủy nên không giao thêm được.";
    DEPUTY_BADGE = "Được giao điểm danh";
    DEPUTY_ADD = "Giao cho ai?";
    DEPUTY_ADD_TEXT = "Chọn đảng viên đã vào ứng dụng trên máy của mình. Nên giao trước buổi họp, lúc máy người ấy còn mạng.";
    DEPUTY_NAMED = "Đã giao điểm danh.";
    DEPUTY_END = "Thôi giao";
    DEPUTY_END_ASK = "Thôi giao điểm danh?";
    DEPUTY_ENDED = "Đã thôi giao.";
    DEPUTY_NOT_OPEN = "Anh, chị được giao điểm danh buổi này. Buổi họp chưa mở: xin bí thư hoặc đảng ủy mở, tốt nhất khi máy này còn mạng.";
    DEPUTY_CLOSED = "Buổi họp đã kết thúc nên việc giao điểm danh cũng hết.";
    DEPUTY_END_NOTE = "Anh, chị điểm danh thay. Bí thư, chi ủy hoặc đảng ủy kết thúc buổi họp.";
    CELL_ADD = "Thêm chi bộ";
    CELL_OF = "Thuộc";
    CELL_NAME = "Tên chi bộ";
    UNIT_NAME = "Tên đơn vị";
    UNIT_RENAME = "Đổi tên";
    UNIT_CLOSE = "Ngừng hoạt động";
    UNIT_CLOSE_TEXT = "Chi bộ ngừng hoạt động không lập buổi họp, không nhận người mới. Buổi họp và điểm danh đã có vẫn còn trong sổ.";
    UNIT_REOPEN = "Hoạt động trở lại";
    UNIT_CLOSED = "Đã ngừng";
    ROLE_GIVE = "Giao vai trò";
    ROLE_WHO = "Giao cho";
    ROLE_NEW_PERSON = "Người mới";
    ROLE_NAME = "Họ tên";
    ROLE_WHICH = "Vai trò";
    ROLE_DAYS = "Chỉ trong một thời gian";
    ROLE_FROM = "Từ ngày";
    ROLE_TO = "Đến hết ngày";
    ROLE_SAVE = "Giao";
    ROLE_END = "Kết thúc";
    ROLE_END_YES = "Kết thúc từ hôm nay";
    ROLE_GIVEN = "Đã giao vai trò.";
    ROLE_ENDED = "Đã kết thúc vai trò.";
    ROLES_OF = "Vai trò";
    CODE_FOR = "Mã đăng nhập";
    CODE_MAKE = "Tạo mã đăng nhập mới";
    CODE_MAKE_TEXT = "Cho máy mới hoặc khi mã trước chưa dùng. Mã cũ chưa dùng sẽ hết hiệu lực.";
    CODE_HAND = "Đọc mã này cho người đó, hoặc gửi đường dẫn. Mã chỉ hiện lần này và dùng được một lần.";
    ACCOUNT_OFF = "Khóa tài khoản";
    ACCOUNT_OFF_TEXT = "Tài khoản bị khóa không vào được từ máy nào. Việc đã ghi vẫn còn.";
    ACCOUNT_ON = "Mở khóa tài khoản";
    IS_OFF = "Đã khóa";
    NOT_WITHIN = "Người này còn vai trò ở đơn vị khác, nên mã và khóa do quản trị cấp trên làm.";
    NEVER_SIGNED_IN = "Chưa đăng nhập";
    ERR_DAYS = "Ngày cuối phải từ hôm nay trở đi và không trước ngày đầu.";
}

/// What a role is called.
#[must_use]
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Member => "Đảng viên",
        Role::Follower => "Cấp ủy viên được phân công",
        Role::Workplace => "Cấp ủy nơi công tác",
        Role::Front => "Ban công tác mặt trận",
        Role::Deputy => "Người được giao thay",
        Role::Secretary => "Bí thư, chi ủy chi bộ",
        Role::Ward => "Đảng ủy phường, xã",
        Role::Upper => "Cấp ủy cấp trên",
        Role::Admin => "Quản trị",
    }
}
/// What a kind of unit is called.
#[must_use]
pub const fn unit_kind(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::Province => "Cấp tỉnh",
        UnitKind::Ward => "Phường, xã",
        UnitKind::Cell => "Chi bộ",
        UnitKind::Workplace => "Nơi công tác",
    }
}
/// The days of a role, if it has any; past ones in the past tense.
#[must_use]
pub fn role_days(grant: &Grant, today: NaiveDate) -> Option<String> {
    match (grant.from, grant.to) {
        (_, Some(to)) if to < today => Some(["đã kết thúc sau ngày ", &date_vi(to)].concat()),
        (None, None) => None,
        (Some(from), None) => Some(["từ ", &date_vi(from)].concat()),
        (None, Some(to)) => Some(["đến hết ", &date_vi(to)].concat()),
        (Some(from), Some(to)) => Some(["từ ", &date_vi(from), " đến hết ", &date_vi(to)].concat()),
    }
}
/// When an account was last heard from.
#[must_use]
pub fn account_seen(at: Millis) -> String {
    ["Dùng lần cuối ", &at.moment_vi()].concat()
}

/// How many of them stand here.
#[must_use]
pub fn phones_found(shown: usize, all: usize) -> String {
    if shown == all { format!("{all} máy") } else { format!("{shown} trong {all} máy") }
}
/// What ending a slip did.
#[must_use]
pub fn slip_ended(codes: u64) -> String {
    if codes == 0 {
        "Người này không có mã dự phòng nào còn dùng được.".to_owned()
    } else {
        format!("Đã hủy {codes} mã dự phòng.")
    }
}
/// Since when, and who said so.
#[must_use]
pub fn deputy_since(at: Millis, by: &str) -> String {
    let since = ["Giao lúc ", &at.moment_vi()].concat();
    if by.is_empty() { since } else { [&since, " · người giao: ", by].concat() }
}
/// What ending it means.
#[must_use]
pub fn deputy_end_text(name: &str) -> String {
    [
        name,
        " không điểm danh buổi này được nữa và máy ấy bỏ tên người khác khi có mạng. Điểm danh đã vào sổ vẫn giữ; việc máy ấy gửi sau được giữ lại, chờ bí thư, chi ủy nhận.",
    ]
    .concat()
}
