//! What each role may see and do, in words: one sentence for each power of the one table in `domain::account`.

use domain::account::{Power, Role};

words! {
    WHO_SEES = "Ai được xem gì";
    WHO_SEES_LEAD = "Mỗi người chỉ thấy và làm được phần việc của vai trò mình, trong đơn vị được giao và các đơn vị trực thuộc. Máy chủ kiểm tra từng việc theo đúng bảng này.";
    WHO_SEES_MINE = "Vai trò của tôi";
    WHO_SEES_AT_HOME = "Riêng với buổi họp do chính cấp mình tổ chức:";
    WHO_SEES_ONE_MEETING = "Chỉ ở đúng một buổi họp được giao: thấy tên, năm sinh, tổ của người phải dự, không thấy số điện thoại, địa chỉ hay nơi công tác. Buổi họp kết thúc hoặc hủy thì tự thôi.";
    WHO_SEES_NOTHING = "Bản này chưa có việc nào cho vai trò này. Người giữ vai trò không xem được danh sách, báo cáo hay điểm danh.";
    WHO_SEES_NAMES = "Không xem được tên đảng viên: không có danh sách, không có báo cáo theo tên.";
}

/// What a power lets somebody see and do.
#[must_use]
pub const fn power(power: Power) -> &'static str {
    match power {
        Power::TakePart => {
            "Xem thông tin của chính mình, lịch họp và thông báo của chi bộ và cấp trên; tự điểm danh bằng mã của buổi họp."
        }
        Power::ReadRegister => {
            "Xem danh sách và thông tin từng đảng viên của chi bộ trên máy của mình, cả khi không có mạng."
        }
        Power::KeepRegister => {
            "Thêm, sửa, đưa người ra khỏi danh sách; nhập danh sách từ Excel; tạo mã và in phiếu vào ứng dụng cho đảng viên."
        }
        Power::HoldMeetings => "Lập, mở, kết thúc, mở lại và hủy buổi họp.",
        Power::TakeAttendance => "Điểm danh cho người khác, ghi vắng có lý do, thêm khách, bỏ đánh dấu.",
        Power::WriteNotices => "Viết, hẹn giờ, sửa và thu hồi thông báo; xem ai đã đọc.",
        Power::ReadReports => "Xem báo cáo có tên: ai dự, ai vắng, vì sao; tải bảng Excel.",
        Power::ReadTotals => "Xem con số tổng hợp của từng đơn vị, không có tên người.",
        Power::ReadAudit => {
            "Xem nhật ký: ai giao vai trò, tạo mã, khóa tài khoản; người được xem báo cáo có tên còn thấy ai đã làm gì, ai đã xem, tải dữ liệu của ai."
        }
        Power::AnswerRequests => {
            "Xem và trả lời yêu cầu sửa, xóa dữ liệu mà đảng viên gửi về thông tin của chính mình."
        }
        Power::NameDeputies => "Giao cho một người điểm danh thay ở một buổi họp; thôi giao bất cứ lúc nào.",
        Power::ManageCells => {
            "Thêm, đổi tên, ngừng chi bộ trong phường, xã; giao và kết thúc vai trò bí thư, chi ủy, người theo dõi, mặt trận của chi bộ; tạo mã cho họ."
        }
        Power::ManageUnits => {
            "Thêm, đổi tên, ngừng chi bộ; giao và kết thúc vai trò; tạo mã cho người có vai trò; khóa và mở khóa tài khoản."
        }
    }
}

/// True when nothing that the role may do shows the names of members.
#[must_use]
pub fn shows_no_names(role: Role) -> bool {
    let naming = [
        Power::ReadRegister,
        Power::KeepRegister,
        Power::TakeAttendance,
        Power::WriteNotices,
        Power::ReadReports,
        Power::AnswerRequests,
    ];
    role != Role::Member && !naming.iter().any(|p| role.has(*p) || role.powers_at_home().contains(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_power_has_a_sentence_of_its_own() {
        let mut told: Vec<&str> = Power::ALL.into_iter().map(power).collect();
        for sentence in &told {
            assert!(sentence.ends_with('.') && sentence.split_whitespace().count() > 5, "{sentence}");
        }
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), Power::ALL.len(), "no sentence twice");
    }

    #[test]
    fn who_sees_names_is_told_by_the_table() {
        let silent: Vec<Role> = Role::ALL.into_iter().filter(|r| shows_no_names(*r)).collect();
        assert_eq!(silent, [Role::Follower, Role::Workplace, Role::Front, Role::Upper, Role::Admin]);
    }
}
