using System.Text.Json;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// Watches the properties of one object: when it is a placeholder (<c>{"_placeholder":true,"num":0}</c>), its number must be one of an
/// attachment.
/// </summary>
internal ref struct PlaceholderCheck(bool isObject)
{
    private enum Property : byte
    {
        Other,
        Placeholder,
        Number,
    }

    private Property _property;
    private bool _isPlaceholder;
    private int _number = -1;

    public void OnProperty(in Utf8JsonReader reader) =>
        _property = reader.ValueTextEquals("_placeholder"u8) ? Property.Placeholder
            : reader.ValueTextEquals("num"u8) ? Property.Number
            : Property.Other;

    public void OnValue(in Utf8JsonReader reader)
    {
        if (!isObject)
        {
            return;
        }

        if (_property == Property.Placeholder)
        {
            _isPlaceholder = reader.TokenType == JsonTokenType.True;
        }
        else if (_property == Property.Number)
        {
            _number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : -1;
        }
    }

    public readonly bool IsValid(int attachmentCount) =>
        attachmentCount == 0 || !_isPlaceholder || (_number >= 0 && _number < attachmentCount);
}
