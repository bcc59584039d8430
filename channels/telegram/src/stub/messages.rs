//! The methods that concern messages and files that are there already.

use serde_json::{Value, json};

use super::{
    check::{self, Refusal},
    fields::Fields,
    world::World,
};

impl World {
    pub(super) fn edit_text(&mut self, fields: &Fields) -> Result<Value, Refusal> {
        let place = self.own(fields)?;
        let text = check::text(fields.text("text")?.unwrap_or_default())?;
        let markup = fields.nested("reply_markup")?;
        let buttons = markup.as_ref().map(check::keyboard).transpose()?.unwrap_or_default();
        let sent = self.sent.iter_mut().find(|sent| (sent.chat, sent.message) == place);
        let sent = sent.ok_or_else(|| Refusal::bad("message can't be edited"))?;
        if sent.text == text && sent.buttons == buttons {
            return Err(Refusal::bad("message is not modified"));
        }
        (sent.text, sent.buttons) = (text.clone(), buttons);
        let message = self.messages.entry(place).or_default();
        message.insert("text".to_owned(), json!(text));
        message.remove("reply_markup");
        message.extend(markup.map(|markup| ("reply_markup".to_owned(), markup)));
        Ok(Value::Object(message.clone()))
    }

    pub(super) fn delete(&mut self, fields: &Fields) -> Result<Value, Refusal> {
        let place = self.own(fields)?;
        self.messages.remove(&place);
        for sent in self.sent.iter_mut().filter(|sent| (sent.chat, sent.message) == place) {
            sent.deleted = true;
        }
        Ok(json!(true))
    }

    /// A message that the bot sent.
    fn own(&self, fields: &Fields) -> Result<(i64, i32), Refusal> {
        let chat = self.reach(fields)?;
        let number = fields.number("message_id")?.and_then(|number| i32::try_from(number).ok());
        let place = (chat, number.unwrap_or_default());
        let message = self.messages.get(&place);
        let message = message.ok_or_else(|| Refusal::bad("message to edit not found"))?;
        match message.get("from").and_then(|from| from.get("is_bot")) {
            Some(Value::Bool(true)) => Ok(place),
            _ => Err(Refusal::bad("message can't be edited")),
        }
    }

    pub(super) fn act(&mut self, fields: &Fields) -> Result<Value, Refusal> {
        const ACTIONS: [&str; 4] = ["typing", "upload_photo", "upload_document", "record_voice"];
        let chat = self.reach(fields)?;
        match fields.text("action")? {
            Some(action) if ACTIONS.contains(&action) => {
                if action == "typing" {
                    self.typing.push(chat);
                }
                Ok(json!(true))
            }
            _ => Err(Refusal::bad("wrong parameter action in request")),
        }
    }

    pub(super) fn answer_press(&mut self, fields: &Fields) -> Result<Value, Refusal> {
        let id = fields.text("callback_query_id")?.unwrap_or_default();
        let waiting = self.pressed.iter().position(|pressed| pressed == id);
        let waiting = waiting.ok_or_else(|| {
            Refusal::bad("query is too old and response timeout expired or query ID is invalid")
        })?;
        let id = self.pressed.remove(waiting);
        self.released.push(id);
        Ok(json!(true))
    }

    pub(super) fn find_file(&self, fields: &Fields) -> Result<Value, Refusal> {
        let id = fields.text("file_id")?.unwrap_or_default();
        let file = self.files.get(id);
        let file = file
            .ok_or_else(|| Refusal::bad("wrong file_id or the file is temporarily unavailable"))?;
        if file.bytes.len() > 20 << 20 {
            return Err(Refusal::bad("file is too big"));
        }
        Ok(json!({
            "file_id": id,
            "file_unique_id": format!("AgAD{id}"),
            "file_size": file.bytes.len(),
            "file_path": file.path,
        }))
    }
}
