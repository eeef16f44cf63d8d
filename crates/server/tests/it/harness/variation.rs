//! Variations of what is said.

use serde_json::Value;

/// The object with some members changed or, by null, left out.
pub(crate) fn changed(mut object: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("{changes} is no object") };
    let members = object.as_object_mut().unwrap();
    members.extend(changes);
    members.retain(|_, value| !value.is_null());
    object
}
