//! Texts of the pages for secretaries and wards.

use super::why as why_both;
use domain::account::Role;
use domain::decide::Why;
use domain::meeting::MeetingKind;
use domain::presence::{PresentAs, Status};
use domain::roster::Counts;
use domain::tally::Tally;
use domain::time::{HalfYear, Millis};

words! {
    // statuses and counts
    PRESENT = "Có mặt";
    LATE = "Đến muộn";
    LEFT_EARLY = "Về sớm";
    EXCUSED = "Vắng có lý do";
    ABSENT = "Vắng";
    UNMARKED = "Chưa điểm danh";
    EXPECTED = "Phải dự";
    GUESTS = "Khách dự";
    GUEST = "Khách";
    EXEMPT = "Miễn sinh hoạt nơi cư trú";
    EXEMPT_SHORT = "Được miễn";
    GONE_SHORT = "Đã thôi";
    NOT_LISTED = "Không có trong danh sách hôm đó";
    NOT_THERE = "Không có mặt";
    COUNTS = "Số liệu";
    LEGEND = "Chú giải";
    FILTERS = "Lọc";
    NONE = "chưa có";
    TOTAL = "Cộng";
    ORDINAL = "STT";
    STATUS = "Tình trạng";
    NOTE = "Ghi chú";
    PRINT = "In";
    STOP = "Dừng lại";

    // roll call
    ROLL_TITLE = "Điểm danh";
    ROLL_LIST = "Danh sách điểm danh";
    SEARCH_PERSON = "Tìm tên, chữ đầu, 3 số cuối";
    NOBODY_FOUND = "Không tìm thấy ai. Xin thử gõ ngắn hơn hoặc bỏ lọc.";
    MORE_ABOUT = "Chọn khác cho ";
    CLEAR = "Bỏ đánh dấu";
    OPEN_MEMBER = "Mở trang đảng viên";
    REASON = "Lý do";
    REASON_HINT = "Ghi ngắn, có thể để trống";
    TOLD = "Báo lúc nào";
    TOLD_BEFORE = "Báo trước";
    TOLD_AFTER = "Báo sau";
    EXCUSE_SAVE = "Ghi vắng có lý do";
    HISTORY = "Đã ghi";
    NO_HISTORY = "Chưa ai ghi gì cho người này.";
    BY_ME = "tôi ghi";
    IS_TAKEN_BACK = "Đã được bỏ";
    EXEMPT_TEXT = "Không tính vào số phải dự. Vẫn ghi được nếu có đến.";
    ROSTER_EMPTY = "Danh sách chưa có ai";
    ROSTER_EMPTY_TEXT = "Nhập từ tệp Excel hoặc thêm từng người.";
    TO_ROSTER = "Mở danh sách";
    GUEST_ADD = "Thêm khách";
    GUEST_HINT = "Người dự họp không có trong danh sách. Không tính vào tỷ lệ.";
    GUEST_NOTE = "Từ đâu, chức vụ";
    GUEST_NOTE_HINT = "Ví dụ: Đảng ủy phường";
    GUEST_SAVE = "Ghi có mặt";
    CODE_SHOW = "Hiện mã";
    CODE_TITLE = "Mã buổi họp";
    CODE_TEXT = "Đảng viên nhập 6 số này để tự điểm danh trên máy của mình.";
    CODE_NONE = "Buổi họp này không có mã: đảng viên tự điểm danh không cần nhập số.";
    CODE_NEW = "Đổi mã";
    CLOSE_MEETING = "Kết thúc";
    CLOSE_TITLE = "Kết thúc buổi họp?";
    CLOSE_TEXT = "Sau khi kết thúc, điểm danh đến muộn sẽ được giữ lại chờ mở lại buổi họp.";
    CLOSE_YES = "Kết thúc buổi họp";
    CLOSE_NO = "Điểm danh tiếp";
    CLOSED_TOAST = "Đã kết thúc buổi họp.";
    OPEN_MEETING = "Mở buổi họp";
    REOPEN_MEETING = "Mở lại buổi họp";
    REOPEN_TITLE = "Mở lại buổi họp này?";
    REOPEN_TEXT = "Điểm danh chạy lại. Những điểm danh đến muộn đang chờ sẽ được tính.";
    NOT_YET_OPEN = "Chưa mở điểm danh";
    IS_CLOSED = "Đã kết thúc";
    IS_CANCELLED = "Đã hủy";
    OPEN_MEETINGS = "Đang họp";
    CONTINUE_ROLL = "Điểm danh tiếp";
    SEE_MEETING = "Xem buổi họp";
    OTHER_PLANNED = "Buổi họp khác sắp tới";
    PAST_MEETINGS = "Đã họp";
    NO_MEETING = "Chưa có buổi họp nào sắp tới";
    NO_MEETING_TEXT = "Lập buổi họp trước, đến giờ thì mở để điểm danh.";
    UNKNOWN_MEETING = "Máy này chưa có buổi họp đó";
    UNKNOWN_MEETING_TEXT = "Có thể buổi họp của chi bộ khác, hoặc máy chưa nhận được. Xin thử lại khi có mạng.";
    UNKNOWN_UNIT = "Đơn vị chưa rõ";

    // register
    ROSTER_TITLE = "Danh sách";
    NO_REGISTER = "Tài khoản này không giữ danh sách nào";
    NO_REGISTER_TEXT = "Danh sách do bí thư, chi ủy chi bộ giữ.";
    CELL = "Chi bộ";
    IMPORT = "Nhập Excel";
    MEMBER_ADD = "Thêm người";
    MEMBER_TITLE = "Đảng viên";
    MEMBER_NEW = "Thêm đảng viên";
    MEMBER_EDIT = "Sửa thông tin";
    UNKNOWN_MEMBER = "Máy này chưa có người đó";
    UNKNOWN_MEMBER_TEXT = "Có thể người này ở chi bộ khác, hoặc máy chưa nhận được.";
    PERSON = "Bản thân";
    WORK = "Công tác và Đảng";
    FACTS = "Thông tin";
    FACT = "Mục";
    NAME = "Họ và tên";
    BORN = "Ngày sinh";
    SEX = "Giới tính";
    UNKNOWN = "Chưa rõ";
    PHONE = "Số điện thoại";
    ADDRESS = "Địa chỉ nơi cư trú";
    ADDRESS_HINT = "Số nhà, đường, hoặc mốc dễ nhận";
    GROUP = "Tổ, nhóm";
    GROUP_HINT = "Ví dụ: Tổ 3";
    WORKPLACE = "Nơi công tác";
    JOB = "Chức vụ";
    WORK_CELL = "Chi bộ nơi công tác";
    ADMITTED = "Ngày vào Đảng";
    OFFICIAL = "Ngày chính thức";
    SINCE = "Chi bộ tiếp nhận từ ngày";
    SINCE_HINT = "Để trống nếu đã ở trong danh sách từ trước";
    PARTIAL_HINT = "Ví dụ 19/05/1980, hoặc 05/1980, hoặc 1980";
    EXEMPT_KIND = "Diện miễn";
    EXEMPT_NONE = "Không miễn";
    EXEMPT_BASIS = "Căn cứ, quyết định";
    EXEMPT_BY = "Cấp quyết định";
    EXEMPT_NOW = "Đang được miễn";
    EXEMPT_NOT_NOW = "Hiện không miễn";
    FROM_DAY = "Từ ngày";
    TO_DAY = "Đến ngày";
    TO_DAY_HINT = "Hết ngày này thì tự tính lại là phải dự";
    ATTENDANCE = "Dự sinh hoạt";
    NO_MEETINGS_YET = "Chưa có buổi họp nào.";
    ENROL_TITLE = "Đăng nhập cho đảng viên";
    ENROL_TEXT = "Mã dùng một lần, để đảng viên đăng nhập trên máy của mình. Việc này cần mạng.";
    ENROL = "Tạo mã đăng nhập";
    ENROL_AGAIN = "Tạo mã khác";
    ENROL_BUSY = "Đang tạo mã…";
    ENROL_COPY = "Chép đường dẫn";
    COPIED = "Đã chép. Có thể dán vào Zalo hoặc tin nhắn.";
    NOT_COPIED = "Máy không cho chép. Xin bấm giữ đường dẫn để chép.";
    END_MEMBERSHIP = "Đưa ra khỏi danh sách";
    END_TITLE = "Đưa ra khỏi danh sách";
    END_TEXT = "Từ ngày này người này không còn tính vào số phải dự. Lịch sử dự họp vẫn giữ.";
    END_DAY = "Từ ngày";
    END_YES = "Đưa ra khỏi danh sách";
    ENDED_TOAST = "Đã đưa ra khỏi danh sách.";
    SAVED_TOAST = "Đã lưu.";
    DRAFT_DROP = "Bỏ bản nháp";

    // what is wrong in a form
    ERR_NAME = "Xin ghi họ tên, từ 2 đến 80 chữ cái.";
    ERR_PARTIAL = "Ngày chưa đúng. Ví dụ 19/05/1980 hoặc 1980.";
    ERR_DAY = "Xin chọn ngày.";
    ERR_TIME = "Xin chọn giờ.";
    ERR_ORDER = "Ngày hết phải sau ngày bắt đầu.";
    ERR_PHONE = "Số điện thoại chưa đúng. Ví dụ 0912 345 678.";
    ERR_TITLE = "Xin ghi tên.";
    ERR_BODY = "Xin ghi nội dung.";
    ERR_MINUTES = "Từ 5 đến 600 phút.";
    ERR_PAPER = "Mỗi tài liệu cần có tên.";

    // meeting and notice forms
    PLAN_MEETING = "Lập buổi họp";
    EDIT_MEETING = "Sửa buổi họp";
    MAY_NOT_PLAN = "Tài khoản này không lập được buổi họp";
    UNIT = "Đơn vị tổ chức";
    KIND = "Loại";
    TITLE = "Tên";
    FORM = "Hình thức";
    IN_PERSON = "Trực tiếp";
    ONLINE = "Trực tuyến";
    MIXED = "Kết hợp";
    ONLINE_OFF = "Hình thức: trực tiếp. Đơn vị chưa bật họp trực tuyến.";
    DAY = "Ngày";
    TIME = "Giờ";
    MINUTES = "Số phút dự kiến";
    PLACE = "Nơi họp";
    PLACE_HINT = "Họp trực tuyến thì ghi cách vào";
    AGENDA = "Chương trình";
    AGENDA_HINT = "Mỗi việc một dòng. Đảng viên đọc được trước, cả khi không có mạng.";
    PAPERS = "Tài liệu đọc trước";
    PAPERS_HINT = "Dán nội dung dưới dạng chữ: nhẹ máy, đọc được khi không có mạng.";
    PAPER_TITLE = "Tên tài liệu";
    PAPER_TEXT = "Nội dung";
    PAPER_ADD = "Thêm tài liệu";
    PAPER_DROP = "Bỏ tài liệu này";
    CANCEL_MEETING = "Hủy buổi họp";
    CANCEL_TITLE = "Hủy buổi họp này?";
    CANCEL_TEXT = "Đảng viên sẽ thấy buổi họp đã hủy.";
    CANCELLED_TOAST = "Đã hủy buổi họp.";
    NOTICE_NEW = "Viết thông báo";
    NOTICE_EDIT = "Sửa thông báo";
    MAY_NOT_WRITE = "Tài khoản này không viết được thông báo";
    UNKNOWN_NOTICE = "Máy này chưa có thông báo đó";
    UNKNOWN_NOTICE_TEXT = "Có thể thông báo của đơn vị khác, hoặc máy chưa nhận được.";
    TO_WHOM = "Gửi đến đảng viên của";
    NOTICE_BODY = "Nội dung";
    FOR_MEETING = "Cho buổi họp";
    NO_MEETING_CHOSEN = "Không gắn với buổi họp";
    WHEN = "Gửi lúc nào";
    WHEN_NOW = "Gửi ngay";
    WHEN_LATER = "Hẹn giờ";
    NOTICE_SEND = "Gửi thông báo";
    NOTICE_SCHEDULE = "Hẹn gửi";
    WITHDRAW = "Thu hồi thông báo";
    WITHDRAW_TITLE = "Thu hồi thông báo này?";
    WITHDRAW_TEXT = "Đảng viên sẽ không thấy thông báo nữa.";
    WITHDRAWN_TOAST = "Đã thu hồi thông báo.";
    READ_BY = "Ai đã đọc";
    HAS_READ = "Đã đọc";
    NOT_READ = "Chưa đọc";
    NOBODY_READ = "Chưa có ai đọc.";
    EVERYBODY_READ = "Mọi người đều đã đọc.";

    // ward
    OVERVIEW = "Tổng quan";
    CELLS = "Chi bộ";
    MEMBERS = "Đảng viên";
    MEETINGS = "Buổi họp";
    RATE = "Tỷ lệ dự họp gần nhất";
    RATE_SHORT = "Tỷ lệ";
    RATE_BY_CELL = "Dự họp theo chi bộ";
    RATE_TEXT = "Buổi họp đã kết thúc gần nhất của mỗi chi bộ. Người được miễn không tính vào số phải dự.";
    CELLS_MET = "Chi bộ đã họp";
    OPEN_NOW = "Đang họp";
    SILENT_PHONES = "Máy lâu không liên lạc";
    SILENT_SINCE = "từ 14 ngày trở lên";
    NEVER_SEEN = "Chưa liên lạc lần nào";
    MET = "Đã họp kỳ này";
    NOT_MET = "Chưa họp kỳ này";
    LAST_MEETING = "Họp gần nhất";
    NEXT_MEETING = "Họp sắp tới";
    TABLE = "Bảng số liệu";
    NO_CELLS = "Chưa có chi bộ nào";
    NO_CELLS_TEXT = "Chi bộ do người quản trị lập.";
    SEARCH_CELL = "Tìm chi bộ";
    NO_CELL_FOUND = "Không tìm thấy chi bộ nào.";
    UNKNOWN_CELL = "Không có chi bộ này";
    SHOW_MEMBERS = "Xem đảng viên";
    MEMBERS_ONLINE = "Danh sách tên chỉ mở khi cần, và cần có mạng.";
    MATRIX = "Bảng dự họp";
    MATRIX_EMPTY = "Chưa có buổi họp nào để so";
    MATRIX_EMPTY_TEXT = "Bảng có sau buổi họp đầu tiên.";
    CAME = "Dự";
    PRESENT_OF_EXPECTED = "Có mặt / phải dự";
    MEETING_LIST = "Danh sách dự họp";
    HELD = "Đang chờ xem lại";
    HELD_TEXT = "Máy chủ đã nhận nhưng chưa tính. Mở lại buổi họp thì các điểm danh đến muộn được tính.";
    EXPORT_XLSX = "Tải Excel";
    EXPORT_CSV = "Tải CSV";
    REPORT_OFFLINE = "Báo cáo này chưa có trên máy";
    CALL_OFFLINE = "Không có mạng hoặc mạng quá yếu. Xin thử lại.";
    CALL_STRANGE = "Câu trả lời không phải của máy chủ. Nếu đang dùng Wi-Fi công cộng, xin đăng nhập Wi-Fi rồi thử lại.";
    STALE_OFFLINE = "Đang không có mạng. ";
    STALE_ERROR = "Chưa lấy được số mới. ";
    TODO = "Việc cần làm";
    TODO_NOTHING = "Không có việc nào cần làm";
    TODO_NOTHING_TEXT = "Các chi bộ đã họp kỳ này và các máy đều liên lạc.";
    TODO_NOT_MET = "Chi bộ chưa họp kỳ này";
    TODO_NOT_MET_TEXT = "Mỗi năm họp hai kỳ.";
    TODO_FORGOTTEN = "Điểm danh chưa kết thúc";
    TODO_FORGOTTEN_TEXT = "Buổi họp mở đã lâu. Nhắc bí thư kết thúc để số liệu được chốt.";
    TODO_UNMARKED = "Còn người chưa điểm danh";
    TODO_UNMARKED_TEXT = "Buổi họp đã kết thúc mà còn người chưa ai ghi gì.";
    TODO_PHONES_TEXT = "Có thể máy còn giữ điểm danh chưa gửi. Nhắc người dùng mở ứng dụng khi có mạng.";
    NOTHING_PLANNED = "Chưa lập buổi họp";

    // import
    IMPORT_TITLE = "Nhập danh sách";
    MAY_NOT_IMPORT = "Tài khoản này không nhập được danh sách của chi bộ này";
    FILE_CHOOSE = "Chọn tệp";
    FILE_LABEL = "Tệp Excel (.xlsx) hoặc CSV, tối đa 5 MB";
    FILE_TEXT = "Dùng tệp đang có, không cần sửa lại mẫu.";
    FILE_HINT_HEAD = "Dòng tên bảng, ô gộp, dòng cộng ở cuối đều được.";
    FILE_HINT_NAMES = "Cần có cột họ tên. Có thêm ngày sinh, nơi công tác thì ít nhầm người trùng tên.";
    FILE_HINT_NOTHING = "Chọn tệp xong chỉ là xem trước. Bấm ghi mới vào danh sách.";
    FILE_OTHER = "Chọn tệp khác";
    FILE_NAME = "Tệp:";
    FILE_EMPTY = "Tệp này trống, không có gì để đọc. Xin chọn tệp khác.";
    FILE_TOO_LARGE = "Tệp lớn hơn 5 MB. Xin bỏ bớt hình ảnh hoặc trang không cần rồi chọn lại.";
    UPLOADING = "Đang gửi và đọc tệp…";
    READING = "Đang đọc lại…";
    WRITING = "Đang ghi vào danh sách…";
    IMPORT_STOPPED = "Đã dừng. Chưa có gì được ghi.";
    IMPORT_OFFLINE = "Nhập danh sách cần có mạng";
    SHEET = "Trang tính";
    COLUMN = "Cột";
    COLUMNS_ASK = "Chưa nhận ra cột họ tên. Xin chọn cột nào là họ tên, ngày sinh…";
    COLUMNS_TEXT = "Máy hiểu mỗi cột như dưới đây. Cột nào sai, xin chọn lại.";
    NO_HEADER = "(không có tiêu đề)";
    G_NEW = "Người mới";
    G_NEW_TEXT = "Sẽ được thêm vào danh sách.";
    G_CHANGED = "Có thay đổi";
    G_CHANGED_TEXT = "Đã có trong danh sách. Ô trống trong tệp không xóa gì.";
    G_UNCHANGED = "Không đổi";
    G_PROBLEM = "Có lỗi";
    G_PROBLEM_TEXT = "Những dòng này không được nhập. Sửa trong tệp rồi nhập lại, những dòng khác không bị ảnh hưởng.";
    G_DOUBTFUL = "Cần chọn";
    G_DOUBTFUL_TEXT = "Có thể trùng với người đã có. Xin chọn từng dòng; chưa chọn thì không ghi.";
    G_SKIPPED = "Dòng không phải người";
    G_MISSING = "Có trong danh sách, không có trong tệp";
    G_MISSING_TEXT = "Chỉ để biết. Không ai bị xóa.";
    NO_NAME = "(không có họ tên)";
    EMPTY_VALUE = "(trống)";
    SKIP_ROW = "Bỏ qua dòng này";
    SAME_PERSON = "Là người này";
    OTHER_PERSON = "Là người khác, thêm mới";
    CANDIDATE_GONE = "Đã ra khỏi danh sách";
    PAIR = "So sánh tệp và danh sách";
    IN_FILE = "Trong tệp";
    IN_REGISTER = "Đang có";
    IMPORT_DONE = "Đã ghi vào danh sách";
    DONE_ADDED = "Thêm mới";
    DONE_CHANGED = "Cập nhật";
    DONE_UNCHANGED = "Không đổi";
    DONE_SKIPPED = "Không ghi";
}

/// Why not, and what to do, in one breath.
#[must_use]
pub fn why(why: Why) -> String {
    let (reason, way) = why_both(why);
    [reason, " ", way].concat()
}

/// A status for programs: the attribute `data-status` of a row.
#[must_use]
pub const fn status_code(status: &Status) -> &'static str {
    match status {
        Status::Present(PresentAs::OnTime) => "present",
        Status::Present(PresentAs::Late) => "late",
        Status::Present(PresentAs::LeftEarly) => "left-early",
        Status::Excused { .. } => "excused",
        Status::Absent => "absent",
        Status::Unmarked => "unmarked",
    }
}

/// Who made a mark, when it was not the person at this phone.
#[must_use]
pub const fn by_role(role: Role) -> &'static str {
    match role {
        Role::Member => "tự điểm danh",
        Role::Secretary => "chi ủy ghi",
        Role::Ward => "đảng ủy ghi",
        _ => "người khác ghi",
    }
}

/// An undo in the history.
#[must_use]
pub fn taken_back(n: usize) -> String {
    if n == 1 { "Bỏ đánh dấu".to_owned() } else { format!("Bỏ {n} đánh dấu") }
}

/// Chip and sections.
#[must_use]
pub fn only_unmarked(n: u32) -> String {
    with_count(UNMARKED, n as usize)
}
/// Chip of the register.
#[must_use]
pub fn only_exempt(n: usize) -> String {
    with_count(EXEMPT_SHORT, n)
}
/// Chip of the register.
#[must_use]
pub fn only_gone(n: usize) -> String {
    with_count(GONE_SHORT, n)
}
/// Folded section of the roll call.
#[must_use]
pub fn exempt_section(n: usize) -> String {
    with_count(EXEMPT, n)
}
/// *Có mặt (12)*
#[must_use]
pub fn with_count(label: &str, n: usize) -> String {
    [label, " (", n.to_string().as_str(), ")"].concat()
}
/// A guest was added.
#[must_use]
pub fn guest_added(name: &str) -> String {
    ["Đã ghi khách có mặt: ", name].concat()
}
/// Before the end.
#[must_use]
pub fn close_unmarked(n: u32) -> String {
    format!("Còn {n} người chưa ai ghi gì. Họ vẫn là “chưa điểm danh”, không tự thành vắng.")
}
/// Before the end.
#[must_use]
pub fn close_unsent(n: usize) -> String {
    format!("{n} việc còn chờ gửi trên máy này. Máy tự gửi khi có mạng, không mất.")
}
/// One line of counts.
#[must_use]
pub fn tally_line(t: &Tally) -> String {
    let (p, x, e, a, u) = (t.present, t.expected, t.excused, t.absent, t.unmarked);
    format!("Có mặt {p} trên {x}, vắng có lý do {e}, vắng {a}, chưa điểm danh {u}")
}
/// Before the start.
#[must_use]
pub fn expected_people(n: u32) -> String {
    format!("{n} người phải dự")
}
/// Above the register.
#[must_use]
pub fn roster_count(all: usize, exempt: usize) -> String {
    if exempt == 0 { format!("{all} người") } else { format!("{all} người, {exempt} được miễn") }
}
/// `0912 345 678`
#[must_use]
pub fn phone_groups(digits: &str) -> String {
    if digits.len() != 10 || !digits.is_ascii() {
        return digits.to_owned();
    }
    [&digits[..4], " ", &digits[4..7], " ", &digits[7..]].concat()
}
/// Somebody left.
#[must_use]
pub fn ended_line(day: &str, reason: &str) -> String {
    format!("Không còn trong danh sách từ {day}: {reason}")
}
/// Attendance of one member.
#[must_use]
pub fn came(came: u32, expected: u32) -> String {
    format!("Dự {came} trên {expected} buổi phải dự")
}
/// A code's end.
#[must_use]
pub fn enrol_expires(at: Millis) -> String {
    ["Dùng được đến ", &at.moment_vi()].concat()
}
/// A draft was taken up.
#[must_use]
pub fn draft_of(at: Millis) -> String {
    ["Đã mở lại bản nháp lúc ", &at.moment_vi()].concat()
}
/// The name of a meeting that nobody has named.
#[must_use]
pub fn default_title(kind: MeetingKind, half: HalfYear) -> String {
    let year = half.year;
    match kind {
        MeetingKind::HalfYear if half.half == 1 => format!("Sinh hoạt 6 tháng đầu năm {year}"),
        MeetingKind::HalfYear => format!("Sinh hoạt 6 tháng cuối năm {year}"),
        MeetingKind::YearEnd => format!("Hội nghị cuối năm {year}"),
        MeetingKind::Called | MeetingKind::Gathering => String::new(),
    }
}
/// Whom a notice reaches.
#[must_use]
pub fn notice_to(unit: &str) -> String {
    ["Gửi đến mọi đảng viên của ", unit].concat()
}
/// How many have read.
#[must_use]
pub fn read_share(read: usize, audience: u32) -> String {
    format!("{read} trên {audience} người đã đọc")
}

/// `93,1%`; a dash without anybody expected.
#[must_use]
pub fn percent(permille: Option<u32>) -> String {
    permille.map_or_else(|| "–".to_owned(), |p| format!("{},{}%", p / 10, p % 10))
}
/// `285/306 có mặt`
#[must_use]
pub fn present_of(present: u32, expected: u32) -> String {
    [n_of(present, expected).as_str(), " có mặt"].concat()
}
/// `11/12`
#[must_use]
pub fn n_of(n: u32, of: u32) -> String {
    [n.to_string().as_str(), "/", &of.to_string()].concat()
}
/// *6 tháng cuối năm 2026*
#[must_use]
pub fn half_year(h: HalfYear) -> String {
    format!("6 tháng {} năm {}", if h.half == 1 { "đầu" } else { "cuối" }, h.year)
}
/// Under a cell.
#[must_use]
pub fn last_next(last: &str, next: &str) -> String {
    format!("Gần nhất: {last} · Sắp tới: {next}")
}
/// Under a cell.
#[must_use]
pub fn cell_people(members: u32, exempt: u32, phones: u32) -> String {
    format!("{members} đảng viên, {exempt} được miễn, {phones} máy")
}
/// Phones of a cell.
#[must_use]
pub fn silent_of(n: u32) -> String {
    format!("{n} máy lâu không liên lạc")
}
/// A phone.
#[must_use]
pub fn last_seen(at: Millis) -> String {
    ["Liên lạc lần cuối ", &at.moment_vi()].concat()
}
/// A phone.
#[must_use]
pub fn phone_unsent(n: u32) -> String {
    format!("{n} việc chưa gửi")
}
/// Kept figures.
#[must_use]
pub fn stale(why: &str, at: Millis) -> String {
    [why, "Số liệu lúc ", &at.moment_vi()].concat()
}
/// What stands beside the rate.
#[must_use]
pub fn beside(late: u32, left_early: u32, exempt: u32, extra: u32, guests: u32) -> String {
    format!(
        "Đến muộn {late}, về sớm {left_early}. Ngoài tỷ lệ: được miễn {exempt}, không phải dự mà có mặt {extra}, khách {guests}."
    )
}
/// What a held op is.
#[must_use]
pub fn held_kind(kind: &str) -> &'static str {
    match kind {
        "attendance.present" => "Có mặt",
        "attendance.excuse" => "Vắng có lý do",
        "attendance.absent" => "Vắng",
        "attendance.void" => "Bỏ đánh dấu",
        "guest.add" => "Thêm khách",
        _ => "Việc khác",
    }
}
/// Work to do.
#[must_use]
pub fn planned_for(at: Millis) -> String {
    ["Đã lập, họp lúc ", &at.moment_vi()].concat()
}
/// Work to do.
#[must_use]
pub fn open_since(at: Millis) -> String {
    ["Mở từ ", &at.moment_vi()].concat()
}
/// Work to do.
#[must_use]
pub fn still_unmarked(n: u32, at: Millis) -> String {
    format!("{n} người, buổi {}", at.date_vi())
}

/// A sheet of a workbook.
#[must_use]
pub fn sheet_label(name: &str, rows: usize) -> String {
    format!("{name} ({rows} dòng)")
}
/// Above the columns.
#[must_use]
pub fn columns_summary(read: usize, all: usize) -> String {
    format!("Các cột: đọc {read} trên {all}")
}
/// A row of the file.
#[must_use]
pub fn row_number(row: u32) -> String {
    format!("Dòng {row}")
}
/// More rows of a group.
#[must_use]
pub fn show_more(n: usize) -> String {
    format!("Xem thêm, còn {n}")
}
/// Doubtful rows without a decision.
#[must_use]
pub fn undecided(n: usize) -> String {
    format!("{n} dòng cần chọn chưa được chọn: sẽ không ghi.")
}
/// The button that says what it does.
#[must_use]
pub fn import_confirm(add: usize, change: usize) -> String {
    match (add, change) {
        (0, 0) => "Không có gì để ghi".to_owned(),
        (add, 0) => format!("Ghi: thêm {add} người"),
        (0, change) => format!("Ghi: cập nhật {change} người"),
        (add, change) => format!("Ghi: thêm {add} người, cập nhật {change} người"),
    }
}
/// The sum that reconciles.
#[must_use]
pub fn import_sum(c: &Counts) -> String {
    format!(
        "{} dòng dưới tiêu đề = {} mới + {} thay đổi + {} không đổi + {} cần chọn + {} lỗi + {} không phải người + {} trống. Có trong danh sách mà không có trong tệp: {}.",
        c.rows, c.new, c.changed, c.unchanged, c.doubtful, c.problem, c.skipped, c.blank, c.missing
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_in_words() {
        assert_eq!(
            (percent(Some(931)).as_str(), percent(Some(1000)).as_str(), percent(None).as_str()),
            ("93,1%", "100,0%", "–")
        );
        assert_eq!(phone_groups("0912345678"), "0912 345 678");
        assert_eq!(phone_groups("02838"), "02838");
        assert_eq!(import_confirm(8, 0), "Ghi: thêm 8 người");
    }
}
