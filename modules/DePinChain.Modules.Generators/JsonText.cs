using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace DePinChain.Modules.Generators;

/// <summary>The little JSON that descriptors need; System.Text.Json cannot be relied on inside the compiler.</summary>
internal static class JsonText
{
    public static string Object(params (string Key, string? Value)[] members) => Object((IEnumerable<(string, string?)>)members);

    /// <summary>An object of the members that have a value.</summary>
    public static string Object(IEnumerable<(string Key, string? Value)> members) =>
        "{" + string.Join(",", members.Where(member => member.Value is not null).Select(Member)) + "}";

    private static string Member((string Key, string? Value) member) => Text(member.Key) + ":" + member.Value;

    public static string Array(IEnumerable<string> items) => "[" + string.Join(",", items) + "]";

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A string; null for an empty one, so that it can be left out.</summary>
    public static string? TextOrNone(string text) => text.Length == 0 ? null : Text(text);

    public static string Text(string text)
    {
        StringBuilder json = new("\"");
        foreach (char letter in text)
        {
            if (letter is '"' or '\\') json.Append('\\').Append(letter);
            else if (letter < ' ') json.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture));
            else json.Append(letter);
        }

        return json.Append('"').ToString();
    }
}
