using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Proofs.Tests;

/// <summary>Reads the known answers in <c>Vectors</c>; each file names its source.</summary>
internal static class KnownAnswers
{
    internal static JsonElement Read(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", name)));
        return document.RootElement.Clone();
    }

    internal static byte[] Bytes(this JsonElement element) => Hex.Decode(element.GetString()!);

    internal static byte[] Bytes(this JsonElement element, string name) => element.GetProperty(name).Bytes();

    internal static ulong Number(this JsonElement element, string name) => element.GetProperty(name).GetUInt64();

    internal static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>byte i = (i·7 + 3 + offset) mod 256: the payload most derived vectors use.</summary>
    internal static byte[] Affine(int length, int offset = 3) =>
        [.. Enumerable.Range(0, length).Select(i => (byte)(((i * 7) + offset) & 255))];

    internal static string Hexadecimal(ReadOnlySpan<byte> bytes) => Hex.Encode(bytes, prefix: false);
}
