//! The document of the API names exactly the fields that the server writes.

use crate::helpers::{Demo, fine};
use serde_json::Value;

fn check(schemas: &Value, schema: &Value, value: &Value, path: &str) {
    if value.is_null() {
        return;
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let one = choices.iter().find(|c| c.get("$ref").is_some()).unwrap_or(&choices[0]);
        return check(schemas, one, value, path);
    }
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        let schema = schemas.get(name).unwrap_or_else(|| panic!("{path}: {name} is not in the document"));
        if name == "Value" {
            // Described in words: anything.
            return;
        }
        let known = schema["properties"].as_object().unwrap_or_else(|| panic!("{path}: {name} has no properties"));
        let written = value.as_object().unwrap_or_else(|| panic!("{path} is no object"));
        for key in written.keys() {
            assert!(known.contains_key(key), "{path}.{key} is not in the document");
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(written.contains_key(required.as_str().unwrap()), "{path}.{required} is not written");
        }
        for (key, inner) in written {
            check(schemas, &known[key], inner, &format!("{path}.{key}"));
        }
    } else if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        for v in values.iter().take(3) {
            check(schemas, items, v, &format!("{path}[]"));
        }
    }
}

#[tokio::test]
async fn the_document_tells_the_truth_about_the_desk() {
    let document: Value = serde_json::to_value(server::api::document()).unwrap();
    let schemas = &document["components"]["schemas"];
    let demo = Demo::start().await;
    let (ward, secretary) = (demo.person("demo-ward").await, demo.person("demo-secretary").await);
    let admin = demo.person("demo-admin").await;
    let (big, above) = (demo.big(), demo.ward());
    let given = serde_json::json!({ "name": "Trần Thị Mận", "role": "secretary", "unit": big });
    let book = demo.store().read_book(above).await.unwrap();
    let meeting = book.guests.values().next().unwrap().meeting;
    let notice = book.notices.values().find(|n| n.unit == above && n.withdrawn.is_none()).unwrap().id;
    let member = book.members.values().find(|m| m.cell == big).unwrap().id;
    let off = demo.person("demo-member").await;
    demo.store().switch_account(off.session().me.id, true).await.unwrap();
    let some = [Some(member), off.session().me.member];
    let nothing = serde_json::json!({});
    let password = serde_json::json!({ "name": "phuong.mau", "password": "thuyền về bến cũ" });
    assert_eq!(ward.post("account/password", &password).await.status().as_u16(), 204);
    let csv = "Họ và tên,Năm sinh\nTrần Thị Bưởi,1980\n".as_bytes().to_vec();
    let draft: Value = fine(secretary.upload(big, "a.csv", csv).await).await;
    let confirm = format!("imports/{}/confirm", draft["id"].as_str().unwrap());
    for (name, value) in [
        ("WardReport", fine(ward.get(&format!("reports/ward/{above}")).await).await),
        ("Matrix", fine(ward.get(&format!("reports/cell/{big}/matrix")).await).await),
        ("MeetingList", fine(ward.get(&format!("reports/meeting/{meeting}")).await).await),
        ("NoticeReads", fine(ward.get(&format!("notices/{notice}/reads")).await).await),
        ("EnrolCode", fine(secretary.post("enrolments", &serde_json::json!({ "member": member })).await).await),
        ("AccessList", fine(secretary.get(&format!("enrolments?unit={big}")).await).await),
        (
            "CodeSheet",
            fine(secretary.post("enrolments/sheet", &serde_json::json!({ "unit": big, "members": some })).await).await,
        ),
        (
            "Voided",
            fine(secretary.post("enrolments/void", &serde_json::json!({ "unit": big, "members": some })).await).await,
        ),
        ("SetupState", fine(ward.get("setup").await).await),
        ("Office", fine(admin.get("admin/units").await).await),
        ("Worklist", fine(ward.get(&format!("requests/{above}")).await).await),
        ("OwnData", fine(ward.get("own").await).await),
        ("OwnData", fine(secretary.get("own").await).await),
        ("AuditPage", fine(ward.get(&format!("audit?unit={above}")).await).await),
        ("PhoneOf", fine::<Value>(admin.get("devices").await).await[0].clone()),
        ("DrawerSlip", fine(secretary.post("account/slip", &nothing).await).await),
        ("SignInState", fine(secretary.get("account/sign-in").await).await),
        ("SecondFactor", fine(ward.post("account/second-factor", &nothing).await).await),
        ("RoleGiven", fine(admin.post("admin/roles", &given).await).await),
        ("ImportDraft", draft),
        ("ImportDone", fine(secretary.post(&confirm, "").await).await),
    ] {
        check(schemas, &serde_json::json!({ "$ref": format!("#/{name}") }), &value, name);
    }
    demo.stop().await;
}
