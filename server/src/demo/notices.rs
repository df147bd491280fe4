//! The notices of the demo: of the ward and of cells, with papers, scheduled, withdrawn; and who has read them.

use super::people::People;
use super::{BIG, Builder, OPEN_NOW};
use domain::id::{AccountId, MeetingId, NoticeId, UnitId};
use domain::meeting::Paper;
use domain::notice::NoticeText;
use domain::op::Body;
use domain::time::Millis;

const HOUR: i64 = 3_600_000;

/// Writes them. `today` is the meeting of today in the big cell.
pub fn make(b: &mut Builder, people: &People, today: MeetingId) {
    let ward = b.ward();
    let big = &people.cells[BIG];
    let guide = vec![
        Paper { title: "Hướng dẫn tóm tắt".to_owned(), text: GUIDE.to_owned() },
        Paper { title: "Câu hỏi thường gặp".to_owned(), text: FAQ.to_owned() },
    ];
    let old = notice(
        b,
        people.ward,
        ward,
        40 * 24,
        "Hướng dẫn sinh hoạt nơi cư trú 6 tháng cuối năm",
        GUIDE_BODY,
        guide,
        None,
    );
    let water = notice(b, people.ward, ward, 6 * 24, "Lịch cắt nước để súc rửa đường ống", WATER, vec![], None);
    let call = notice(
        b,
        big.secretary,
        big.unit,
        4 * 24,
        "Mời họp định kỳ 6 tháng cuối năm, tối nay 19 giờ 30",
        CALL,
        vec![],
        Some(today),
    );
    // The newest: nobody of the demo's own accounts has read it.
    notice(b, big.secretary, big.unit, 5, "Đổi chỗ để xe khi đi họp tối nay", PARKING, vec![], Some(today));
    // In two days; members do not have it yet.
    notice(b, people.ward, ward, -48, "Hội nghị tổng kết năm: thời gian và giấy mời", YEAR_END, vec![], None);
    notice(b, big.secretary, big.unit, -20, "Cảm ơn các đồng chí đã dự họp", THANKS, vec![], None);
    let wrong = notice(
        b,
        people.ward,
        ward,
        12 * 24,
        "Mời họp ngày 31/11",
        "Kính mời các đồng chí dự họp ngày 31/11.",
        vec![],
        None,
    );
    b.write(people.ward, ward, b.now.plus(-12 * 24 * HOUR + HOUR), vec![], Body::NoticeWithdrawn { notice: wrong });
    for (index, cell) in people.cells.iter().enumerate() {
        let own = if index == BIG || index == OPEN_NOW {
            None
        } else {
            Some(notice(
                b,
                cell.secretary,
                cell.unit,
                9 * 24,
                "Cảm ơn và nhắc việc sau buổi sinh hoạt",
                THANKS,
                vec![],
                None,
            ))
        };
        let call = (index == BIG).then_some(call);
        for (id, hours, share) in
            [(Some(old), 40 * 24, 72), (Some(water), 6 * 24, 55), (own, 9 * 24, 60), (call, 4 * 24, 66)]
        {
            let Some(notice) = id else { continue };
            for (i, p) in cell.people.iter().enumerate() {
                let Some(account) = p.account.filter(|a| b.has_device(*a)) else { continue };
                let fixed = index == BIG && i < 2;
                if fixed && notice == call.unwrap_or(old) && i == 0 {
                    // demo-member has yet to open the invitation.
                    continue;
                }
                if fixed || b.rng.percent(share) {
                    let after = b.rng.between(5, hours * 50);
                    b.write(
                        account,
                        cell.unit,
                        b.now.plus(-hours * HOUR + after * 60_000),
                        vec![],
                        Body::NoticeRead { notice },
                    );
                }
            }
        }
    }
}

/// Written and published so many hours ago; published in the future when negative.
#[expect(clippy::too_many_arguments, reason = "a table of notices reads best as one call a line")]
fn notice(
    b: &mut Builder,
    by: AccountId,
    unit: UnitId,
    hours_ago: i64,
    title: &str,
    body: &str,
    papers: Vec<Paper>,
    meeting: Option<MeetingId>,
) -> NoticeId {
    let notice = NoticeId(b.rng.uuid());
    let publish_at = b.now.plus(-hours_ago * HOUR);
    let text = NoticeText { title: title.to_owned(), body: body.to_owned(), papers, meeting, publish_at };
    let at = publish_at.min(Millis(b.now.0 - HOUR));
    b.write(by, unit, at, vec![], Body::NoticeWritten { notice, text });
    notice
}

const GUIDE_BODY: &str = "Kính gửi các đồng chí đảng viên đang công tác, giữ mối liên hệ với chi bộ nơi cư trú.\n\nChi bộ các khu phố họp định kỳ trong 6 tháng cuối năm, mỗi buổi khoảng 30 phút. Tài liệu được gửi trước trên ứng dụng để các đồng chí đọc; buổi họp chỉ bàn một chủ đề và trả lời câu hỏi.\n\nĐồng chí nào bận xin báo trước với bí thư chi bộ khu phố.";
const GUIDE: &str = "1. Đến họp: mở ứng dụng, bấm Điểm danh, nhập mã 6 số trên màn hình của bí thư. Không có mạng vẫn điểm danh được.\n\n2. Không đến được: báo bí thư trước buổi họp. Báo sau vẫn được ghi nhận, nhưng ghi rõ là báo sau.\n\n3. Người được miễn sinh hoạt nơi cư trú không tính vào tỷ lệ.\n\n4. Có ý kiến: ghi trên ứng dụng hoặc nói tại buổi họp.";
const FAQ: &str = "Hỏi: Tôi công tác xa, có phải họp không?\nĐáp: Đồng chí thuộc diện được miễn thì chi bộ ghi rõ căn cứ và thời hạn. Hết hạn thì họp bình thường.\n\nHỏi: Điện thoại hết pin thì sao?\nĐáp: Bí thư điểm danh giúp.\n\nHỏi: Tôi bấm điểm danh hai lần, có bị tính hai lần không?\nĐáp: Không. Mỗi người chỉ có một dòng.";
const WATER: &str = "Công ty cấp nước súc rửa đường ống các đường Hoa Sữa, Bằng Lăng và Ngọc Lan từ 22 giờ thứ sáu đến 5 giờ thứ bảy. Đề nghị các đồng chí nhắc bà con trữ nước dùng.";
const CALL: &str = "Chi ủy Khu phố 3 kính mời các đồng chí dự buổi sinh hoạt định kỳ 6 tháng cuối năm, 19 giờ 30 tối nay tại Nhà văn hóa Khu phố 3.\n\nXin đọc trước hai tài liệu kèm theo buổi họp. Chủ đề thảo luận: rác thải và đường hẻm.";
const PARKING: &str = "Sân trước nhà văn hóa đang sửa. Tối nay các đồng chí để xe ở sân Trường Tiểu học Ánh Dương, cách 100 mét, có người trông, không thu tiền.";
const YEAR_END: &str = "Đảng ủy phường tổ chức hội nghị tổng kết năm với đảng viên giữ mối liên hệ nơi cư trú. Thời gian, địa điểm và giấy mời kèm theo.";
const THANKS: &str = "Cảm ơn các đồng chí đã dự sinh hoạt. Biên bản tóm tắt để ở nhà văn hóa. Các tổ xin gửi danh sách hộ cần hỗ trợ trước cuối tháng.";
