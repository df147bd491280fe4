//! Texts of the pages for everybody: Hôm nay, Đăng nhập, Điểm danh của mình, Thông báo, Buổi họp, Sổ liên hệ, Việc chưa gửi, Cài đặt.

pub mod carry;
pub mod own;
pub mod passkeys;
pub mod phones;
pub mod pin;
pub mod requests;

use domain::meeting::MeetingStatus;

words! {
    TODAY_NEXT = "Buổi họp sắp tới";
    TODAY_NO_MEETING = "Chưa có lịch họp";
    TODAY_NO_MEETING_TEXT = "Khi chi bộ lên lịch, buổi họp sẽ hiện ở đây, kể cả lúc máy không có mạng.";
    TODAY_NEWS = "Có gì mới";
    TODAY_NO_NEWS = "Ông, bà đã đọc hết thông báo.";
    TODAY_ALL_NOTICES = "Xem tất cả thông báo";
    TODAY_LATER = "Các buổi họp sau";
    TODAY_PLAN = "Lên lịch họp";
    TODAY_ROLL = "Điểm danh";
    TODAY_ROLL_ALL = "Điểm danh mọi người";
    TODAY_OPEN_ROLL = "Mở buổi họp này";
    TODAY_DETAILS = "Nội dung và tài liệu";
    TODAY_OWN_BOOK = "Sổ liên hệ của tôi";
    CHECK_IN = "Điểm danh";
    CHECK_IN_WAIT = "Nút Điểm danh hiện ra vào ngày họp.";

    SENT_TITLE = "Việc của máy này";
    SENT_ALL = "Mọi việc đã vào sổ.";
    SENT_NONE = "Máy này chưa có việc nào cần gửi.";
    SENT_OPEN = "Xem từng việc";

    SIGN_IN = "Đăng nhập";
    SIGN_IN_LEAD = "Nhập mã mà chi ủy đã đưa. Chỉ cần làm một lần trên máy này.";
    SIGN_IN_CODE = "Mã đăng nhập";
    SIGN_IN_CODE_HINT = "Ví dụ: K7P2-M9QX. Không phân biệt chữ hoa, chữ thường.";
    SIGN_IN_DEVICE = "Tên máy này";
    SIGN_IN_DEVICE_HINT = "Để sau này biết là máy nào, ví dụ: Điện thoại của tôi.";
    SIGN_IN_GO = "Vào sổ";
    SIGN_IN_BUSY = "Đang đăng nhập…";
    SIGN_IN_EMPTY = "Xin nhập mã.";
    SIGN_IN_OFFLINE = "Đăng nhập lần đầu cần có mạng. Xin thử lại khi máy có mạng; mã vẫn còn nguyên.";
    SIGN_IN_BAD = "Máy chủ trả lời không rõ. Có thể mạng ở đây bắt đăng nhập Wi-Fi trước.";
    SIGN_IN_HELP = "Chưa có mã? Xin hỏi bí thư hoặc chi ủy của chi bộ. Mã dự phòng đã in cũng nhập vào ô trên.";
    SIGN_IN_PASSKEY = "Đăng nhập bằng khóa truy cập (passkey)";
    SIGN_IN_PASSWORD = "Đăng nhập bằng mật khẩu";

    CODE_LABEL = "Mã buổi họp";
    CODE_HINT = "6 số hiện trên máy của bí thư";
    CODE_WHERE = "Đảng viên mở ứng dụng, bấm Điểm danh rồi nhập 6 số này.";
    CODE_NOT_KEPT = "Lần bấm này chưa được lưu. Xin thử lại, hoặc nhờ bí thư điểm danh giúp.";
    CODE_SHORT = "Mã gồm đúng 6 số.";
    CODE_GO = "Điểm danh";
    CODE_WRONG = "Mã chưa đúng. Xin xem lại 6 số trên máy của bí thư rồi nhập lại. Chưa có gì bị mất.";
    CHECKED_IN = "Đã điểm danh";
    CHECKED_IN_OTHER = "Chi ủy đã điểm danh cho ông, bà.";
    CHECKED_IN_SAFE = "Có thể cất máy đi. Máy tự gửi khi có mạng.";
    CHECKED_IN_LOOK = "Điểm danh chưa được tính";
    CHECK_CLOSED = "Buổi họp đã đóng điểm danh. Xin nói với bí thư nếu chưa được ghi có mặt.";
    CHECK_CANCELLED = "Buổi họp đã hủy.";
    CHECK_NOT_MEMBER = "Tài khoản này không gắn với đảng viên nào nên không tự điểm danh được.";
    CHECK_STEPS = "Đường đi của lần điểm danh này";

    NO_SUCH_MEETING = "Chưa thấy buổi họp này";
    NO_SUCH_MEETING_TEXT = "Có thể máy chưa nhận được lịch mới. Có mạng, máy sẽ tự cập nhật.";
    MEETING = "Buổi họp";
    MEETING_AGENDA = "Nội dung";
    MEETING_NO_AGENDA = "Chưa ghi nội dung.";
    MEETING_PAPERS = "Tài liệu đọc trước";
    MEETING_NOTICES = "Thông báo của buổi họp";
    MEETING_WHEN = "Thời gian";
    MEETING_PLACE = "Địa điểm";
    MEETING_FORM = "Hình thức";
    MEETING_UNIT = "Đơn vị";
    MEETING_NO_PLACE = "Chưa ghi địa điểm";
    MEETING_MY_STATUS = "Của tôi";
    MEETING_CODE = "Mã để đảng viên tự điểm danh";
    MEETING_CODE_SHOW = "Hiện mã thật to";
    MEETING_OPEN = "Mở điểm danh";
    MEETING_ROLL = "Điểm danh";
    DEPUTIES = "Người được giao thay";
    DEPUTIES_CARD = "Không dự được? Giao một người điểm danh thay ở buổi này.";
    DEPUTIES_GO = "Giao điểm danh thay";
    MEETING_CLOSE = "Kết thúc buổi họp";
    MEETING_REOPEN = "Mở lại buổi họp";
    MEETING_CANCEL = "Hủy buổi họp";
    MEETING_RESULT = "Xem kết quả điểm danh";
    MEETING_CLOSE_ASK = "Kết thúc buổi họp?";
    MEETING_CANCEL_ASK = "Hủy buổi họp này?";
    MEETING_CANCEL_TEXT = "Đảng viên sẽ thấy buổi họp đã hủy. Có thể mở lại sau.";
    MEETING_OPENED = "Đã mở điểm danh.";
    MEETING_CLOSED = "Đã kết thúc buổi họp.";
    AWAITED_WAY = "Lượt đến sau được giữ lại; mở lại buổi họp là được tính. Nếu máy ấy đã hỏng hay mất, mở lại rồi kết thúc lần nữa thì dòng này hết.";
    MEETING_CANCELLED = "Đã hủy buổi họp.";
    PRESENT = "Có mặt";
    EXCUSED = "Vắng có lý do";
    UNMARKED = "Chưa điểm danh";

    NOTICES_EMPTY = "Chưa có thông báo";
    NOTICES_EMPTY_TEXT = "Thông báo của chi bộ và cấp trên sẽ hiện ở đây và đọc được cả khi không có mạng.";
    NOTICE = "Thông báo";
    NOTICE_WRITE = "Viết thông báo";
    NOTICE_UNREAD = "Chưa đọc";
    NOTICE_SCHEDULED = "Hẹn giờ gửi";
    NOTICE_WITHDRAWN = "Đã thu hồi";
    NOTICE_PAPERS = "Tài liệu";
    NOTICE_GONE = "Không thấy thông báo này";
    NOTICE_GONE_TEXT = "Thông báo có thể đã được thu hồi, hoặc máy chưa nhận được.";
    NOTICE_WITHDRAW = "Thu hồi";
    NOTICE_WITHDRAW_ASK = "Thu hồi thông báo này?";
    NOTICE_WITHDRAW_TEXT = "Đảng viên sẽ không thấy thông báo này nữa. Ai đã đọc thì vẫn được ghi là đã đọc.";
    NOTICE_WITHDRAWN_DONE = "Đã thu hồi thông báo.";
    NOTICE_TO_MEETING = "Xem buổi họp";

    BOOK_NONE = "Tài khoản này không gắn với đảng viên nào";
    BOOK_NONE_TEXT = "Sổ liên hệ ghi thông tin và việc dự họp của từng đảng viên.";
    BOOK_FACTS = "Thông tin trong sổ";
    BOOK_WRONG = "Thấy sai, xin báo chi ủy sửa giúp.";
    BOOK_HISTORY = "Việc dự họp";
    BOOK_NO_HISTORY = "Chưa có buổi họp nào.";
    BOOK_EXEMPT = "Miễn sinh hoạt nơi cư trú";
    BOOK_NOT_EXPECTED = "Không thuộc diện phải dự";
    BOOK_VOLUNTARY = "Không tính tỷ lệ";
    FACT_CELL = "Chi bộ nơi cư trú";
    FACT_GROUP = "Tổ, nhóm";
    FACT_SEX = "Giới tính";
    FACT_BORN = "Ngày sinh";
    FACT_PHONE = "Số điện thoại";
    FACT_ADDRESS = "Nơi cư trú";
    FACT_WORK = "Nơi công tác";
    FACT_TITLE = "Chức vụ";
    FACT_WORK_CELL = "Chi bộ nơi công tác";
    FACT_ADMITTED = "Ngày vào Đảng";
    FACT_OFFICIAL = "Ngày chính thức";
    FACT_SINCE = "Chi bộ tiếp nhận từ";
    FACT_EMPTY = "Chưa ghi";

    UNSENT = "Việc chưa gửi";
    UNSENT_MADE = "đã làm trên máy này";
    UNSENT_IN_BOOK = "đã vào sổ";
    UNSENT_WAITING = "đang chờ";
    UNSENT_LOOK = "cần xem lại";
    UNSENT_NONE = "Không có việc nào chờ gửi";
    UNSENT_NONE_TEXT = "Mọi việc làm trên máy này đã vào sổ.";
    UNSENT_SEND = "Gửi ngay";
    UNSENT_SENDING = "Đang gửi…";
    UNSENT_RESEND = "Gửi lại";
    UNSENT_FORGET = "Bỏ việc này";
    UNSENT_FORGET_ASK = "Bỏ việc này khỏi danh sách?";
    UNSENT_FORGET_TEXT = "Việc này sẽ không được tính. Máy chủ vẫn giữ bản đã nhận, nếu đã nhận.";
    UNSENT_FORGOTTEN = "Đã bỏ khỏi danh sách.";
    UNSENT_WAIT_TITLE = "Đang chờ";
    UNSENT_LOOK_TITLE = "Cần xem lại";
    UNSENT_HELD = "Việc của người khác chờ chi bộ xem";
    UNSENT_HELD_TEXT = "Máy chủ đã giữ những việc này nhưng chưa tính.";
    UNSENT_DAMAGED = "Một bản ghi bị hỏng, không đọc được";
    CLONED = "Có một máy khác đang dùng bản sao dữ liệu của máy này.";
    CLONED_TEXT = "Thường là do chép dữ liệu từ máy cũ sang máy mới. Không có việc nào bị mất hay bị tính hai lần: máy này đã tự đánh số lại. Nếu không biết máy kia là của ai, xin báo chi ủy; nếu không dùng máy cũ nữa, xin đăng xuất ở máy đó.";
    CLONED_READ = "Tôi đã hiểu";
    SKEW_APP_TEXT = "Máy chủ đã lên bản mới và không nhận việc từ bản ứng dụng cũ trên máy này. Những gì đã lưu vẫn còn trên máy và sẽ tự gửi sau khi cập nhật. Nếu cập nhật rồi vẫn thấy dòng này, xin lưu việc ra tệp và báo người quản trị.";
    SKEW_SERVER_TEXT = "Không cần làm gì: những gì đã lưu vẫn còn trên máy này và sẽ tự gửi khi máy chủ được cập nhật. Việc mới vẫn làm được như thường.";
    LINK_OK = "Đang có mạng.";
    LINK_NEVER = "Chưa liên lạc được với máy chủ từ lúc mở.";

    SETTINGS = "Cài đặt";
    SET_TEXT = "Chữ to";
    SET_TEXT_SAMPLE = "Ông Nguyễn Văn An, tổ 3: có mặt";
    SET_SOUND = "Kêu và rung khi điểm danh";
    SET_DEVICE = "Máy và tài khoản";
    SET_ACCOUNT = "Tài khoản";
    SET_DEVICE_NAME = "Tên máy";
    SET_BUILD = "Phiên bản";
    SET_PHONES = "Máy trong đơn vị";
    SET_PHONES_TEXT = "Máy nào lâu không liên lạc, còn việc chưa gửi hoặc bị mất.";
    SET_LEAVE = "Đăng xuất";
    SET_LEAVE_ASK = "Đăng xuất khỏi máy này?";
    SET_LEAVE_TEXT = "Danh sách và thông báo lưu trên máy này sẽ được xóa. Muốn vào lại cần mã mới của chi ủy, mã dự phòng hoặc mật khẩu.";
    SET_SIDE = "Đang xem với vai trò";
    SET_SIDE_TEXT = "Đổi màn hình chính của máy này, không cần đăng nhập lại. Quyền của tài khoản không đổi.";
    SIDE_MEMBER = "Đảng viên";
    SIDE_SECRETARY = "Chi ủy";
    SIDE_WARD = "Đảng ủy";
    SIDE_ADMIN = "Quản trị";
    SET_WAYS = "Vào trên máy khác";
    SET_WAYS_TEXT = "Chuẩn bị cho ngày đổi máy hoặc mất máy, không cần hỏi ai.";
    SET_NEW_PHONE = "Thêm máy mới";
    SET_DRAWER = "In mã dự phòng";
    SET_PASSWORD = "Mật khẩu đăng nhập";
    SET_OFFICE = "Đơn vị và vai trò";
    SET_OFFICE_TEXT = "Chi bộ, bí thư, mã đăng nhập cho cán bộ.";
    SET_MORE = "Tìm hiểu thêm";

    INSTALL_TITLE = "Đưa Sổ Liên Hệ ra màn hình chính";
    INSTALL_TEXT = "Mở nhanh như một ứng dụng, kể cả khi không có mạng. Không tốn thêm bộ nhớ.";
    INSTALL_GO = "Cài đặt ứng dụng";
    INSTALL_DONE = "Ứng dụng đã ở trên màn hình chính.";
    INSTALL_IOS_1 = "Bấm nút Chia sẻ ở cuối màn hình Safari.";
    INSTALL_IOS_2 = "Kéo lên, chọn Thêm vào MH chính.";
    INSTALL_IOS_3 = "Bấm Thêm ở góc trên.";
    INSTALL_MENU = "Mở trình đơn của trình duyệt, chọn Thêm vào màn hình chính hoặc Cài đặt ứng dụng.";
}

/// What a deputy is told of his meeting.
#[must_use]
pub const fn deputy_words(status: MeetingStatus) -> &'static str {
    match status {
        MeetingStatus::Open => "Anh, chị được giao điểm danh buổi này.",
        MeetingStatus::Planned => "Anh, chị được giao điểm danh buổi này, khi bí thư hoặc đảng ủy mở buổi họp.",
        MeetingStatus::Closed | MeetingStatus::Cancelled => "Việc giao điểm danh buổi này đã hết.",
    }
}

/// `0912 345 678`
#[must_use]
pub fn phone_groups(digits: &str) -> String {
    if digits.len() != 10 || !digits.is_ascii() {
        return digits.to_owned();
    }
    [&digits[..4], " ", &digits[4..7], " ", &digits[7..]].concat()
}
/// *12 thông báo chưa đọc*.
#[must_use]
pub fn unread(n: usize) -> String {
    format!("{n} thông báo chưa đọc")
}
/// How long a meeting is planned.
#[must_use]
pub fn minutes(n: u16) -> String {
    format!("khoảng {n} phút")
}
/// What waits on this phone, in words.
#[must_use]
pub fn waiting(n: usize, offline: bool) -> String {
    if offline {
        format!("{n} việc đã lưu trên máy này, chưa gửi vì không có mạng. Có mạng sẽ tự gửi.")
    } else {
        format!("{n} việc đã lưu trên máy này, đang gửi.")
    }
}
/// What somebody has to look at.
#[must_use]
pub fn needs_look(n: usize) -> String {
    format!("{n} việc cần xem lại.")
}
/// *Có mặt 3/4 buổi phải dự*.
#[must_use]
pub fn attended(present: usize, expected: usize) -> String {
    format!("Có mặt {present}/{expected} buổi phải dự")
}
/// What closing a meeting means, in its counts.
#[must_use]
pub fn close_text(present: u32, unmarked: u32) -> String {
    if unmarked == 0 {
        format!("{present} người có mặt, mọi người đã được điểm danh.")
    } else {
        format!(
            "{present} người có mặt, còn {unmarked} người chưa điểm danh. Người chưa điểm danh không bị ghi là vắng."
        )
    }
}
/// Since when there is no link.
#[must_use]
pub fn link_failing(since: &str) -> String {
    format!("Không liên lạc được với máy chủ từ {since}.")
}
/// When the server last answered.
#[must_use]
pub fn link_last(at: &str) -> String {
    format!("Lần cuối nhận trả lời: {at}.")
}
/// Warning before signing out.
#[must_use]
pub fn leave_unsent(n: usize) -> String {
    format!("Còn {n} việc chưa vào sổ. Chúng vẫn được giữ trên máy này và gửi tiếp khi đăng nhập lại đúng tài khoản.")
}
/// What the server holds of others.
#[must_use]
pub fn held_count(n: usize) -> String {
    format!("{n} việc của người khác đang chờ chi bộ xem.")
}

/// A closed meeting waits for what a phone has not sent.
#[must_use]
pub fn awaited(n: usize, phone: &str) -> String {
    if phone.is_empty() {
        format!("Còn chờ {n} lượt điểm danh từ một máy khác.")
    } else {
        format!("Còn chờ {n} lượt điểm danh từ máy «{phone}».")
    }
}
/// A closed meeting lacks what the closing phone had counted.
#[must_use]
pub fn short(n: u32) -> String {
    format!(
        "Sổ còn thiếu ít nhất {n} lượt mà máy kết thúc buổi họp đã đếm. Các máy đã điểm danh sẽ tự gửi lại khi có mạng."
    )
}

/// What an op is, in plain words.
pub mod did {
    use domain::presence::PresentAs;

    /// Presence of somebody else.
    #[must_use]
    pub fn present(name: &str, how: PresentAs) -> String {
        format!("Điểm danh {name}: {}", super::super::present_as(how).to_lowercase())
    }
    /// One's own.
    #[must_use]
    pub fn own(meeting: &str) -> String {
        format!("Tự điểm danh: {meeting}")
    }
    /// An excuse.
    #[must_use]
    pub fn excused(name: &str) -> String {
        format!("Ghi {name} vắng có lý do")
    }
    /// Absent.
    #[must_use]
    pub fn absent(name: &str) -> String {
        format!("Ghi {name} vắng")
    }
    /// Undo.
    #[must_use]
    pub fn voided(name: &str) -> String {
        format!("Hoàn tác điểm danh {name}")
    }
    /// A guest.
    #[must_use]
    pub fn guest(name: &str) -> String {
        format!("Thêm khách dự: {name}")
    }
    /// Something with a meeting; `verb` as *Mở điểm danh*.
    #[must_use]
    pub fn titled(verb: &str, title: &str) -> String {
        format!("{verb}: {title}")
    }
    /// What somebody else brought.
    #[must_use]
    pub fn accepted(n: usize) -> String {
        format!("Nhận vào sổ {n} việc được chuyển giúp")
    }
    words! {
        PLAN = "Lên lịch họp";
        OPEN = "Mở điểm danh";
        CLOSE = "Kết thúc buổi họp";
        CANCEL = "Hủy buổi họp";
        WRITE = "Viết thông báo";
        WITHDRAW = "Thu hồi thông báo";
        READ = "Đã đọc";
        MEMBER = "Ghi vào danh sách";
        ENDED = "Đưa ra khỏi danh sách";
        SOMEBODY = "một người";
        A_MEETING = "một buổi họp";
        A_NOTICE = "một thông báo";
        REQUEST = "Yêu cầu sửa, xóa dữ liệu của mình";
        ANSWER = "Trả lời yêu cầu về dữ liệu";
        REQUEST_BACK = "Rút lại yêu cầu về dữ liệu";
        AGREED = "Đồng ý với thông báo quyền riêng tư";
        AGREED_BACK = "Rút lại sự đồng ý";
        UNKNOWN = "Một việc mà bản ứng dụng này chưa biết";
        SEALED = "Một việc đã niêm phong: chỉ máy chủ mở được";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_in_words() {
        assert_eq!(phone_groups("0912345678"), "0912 345 678");
        assert_eq!(phone_groups("02838"), "02838");
    }
}
