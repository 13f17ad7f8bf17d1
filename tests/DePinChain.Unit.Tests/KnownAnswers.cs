using System.Text.Json;

namespace DePinChain.Unit.Tests;

/// <summary>Reads the known answers in <c>Vectors</c>. Each file, or its README, names its source.</summary>
internal static class KnownAnswers
{
    /// <param name="name">The path below Vectors, as <c>ethereum/rlptest.json</c>.</param>
    internal static JsonElement Read(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", name)));
        return document.RootElement.Clone();
    }
}
