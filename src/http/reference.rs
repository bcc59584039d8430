//! The reference page of the API, made from its description by the hub itself: it loads nothing from anybody.

use std::collections::BTreeMap;

use handlebars::Handlebars;
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../templates/reference.html");

/// Renders the page from the description.
pub fn page(description: &Value) -> Result<String, handlebars::RenderError> {
    let mut groups: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (path, item) in description["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let tag = operation["tags"][0].as_str().unwrap_or("other");
            groups.entry(tag).or_default().push(shown(path, method, operation));
        }
    }
    let groups: Vec<Value> = groups
        .into_iter()
        .map(|(name, operations)| json!({ "name": name, "operations": operations }))
        .collect();
    let shapes: Vec<Value> = description["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            json!({ "name": name, "description": schema["description"], "text": outline(schema, 0) })
        })
        .collect();
    let values = json!({
        "version": description["info"]["version"],
        "description": description["info"]["description"],
        "groups": groups,
        "shapes": shapes,
    });
    Handlebars::new().render_template(PAGE, &values)
}

fn shown(path: &str, method: &str, operation: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let summary = [text(&operation["summary"]), text(&operation["description"])];
    let answers: Vec<Value> = operation["responses"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(status, answer)| {
            let schema = &answer["content"]["application/json"]["schema"];
            json!({ "status": status, "shape": if schema.is_null() { Value::Null } else { outline(schema, 0).into() } })
        })
        .collect();
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    json!({
        "id": operation["operationId"],
        "method": method.to_uppercase(),
        "path": path,
        "summary": summary.join(" ").trim(),
        "parameters": operation["parameters"],
        "body": if body.is_null() { Value::Null } else { outline(body, 0).into() },
        "answers": answers,
    })
}

/// A schema in words: names, types, and what they mean.
fn outline(schema: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or(name).to_owned();
    }
    for all in ["oneOf", "anyOf", "allOf"] {
        if let Some(some) = schema[all].as_array() {
            let joint = if all == "allOf" { " & " } else { " | " };
            return some.iter().map(|one| outline(one, depth)).collect::<Vec<_>>().join(joint);
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    if let Some(fields) = schema["properties"].as_object().filter(|_| depth < 4) {
        let lines = fields.iter().map(|(name, field)| {
            let what =
                field["description"].as_str().map(|what| format!("  — {what}")).unwrap_or_default();
            format!("{indent}{name}: {}{what}", outline(field, depth + 1))
        });
        return format!("{{\n{}\n{}}}", lines.collect::<Vec<_>>().join("\n"), "  ".repeat(depth));
    }
    if schema["items"].is_object() {
        return format!("[{}]", outline(&schema["items"], depth));
    }
    let name = |kind: &Value| kind.as_str().unwrap_or("any").to_owned();
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(name).collect::<Vec<_>>().join(" | "),
        kind => name(kind),
    };
    schema["format"].as_str().map(|format| format!("{kind} ({format})")).unwrap_or(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_every_path_and_runs_nothing() {
        let description: Value =
            serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
        let page = page(&description).unwrap();
        for path in description["paths"].as_object().unwrap().keys() {
            assert!(page.contains(&format!("<code>{path}</code>")), "{path}");
        }
        assert!(
            !page.contains("<script") && !page.contains("http://") && !page.contains("https://cdn")
        );
    }
}
