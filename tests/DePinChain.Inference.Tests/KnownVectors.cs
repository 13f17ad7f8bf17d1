using System.Text.Json;

namespace DePinChain.Inference.Tests;

/// <summary>The files of Vectors/, see its README.</summary>
internal static class KnownVectors
{
    public static JsonElement Llama { get; } = Read("llama_ops.json");

    public static JsonElement Toploc { get; } = Read("toploc_vectors.json");

    public static JsonElement Tokenizers { get; } = Read("tokenizers.json");

    public static float[] Singles(JsonElement array) => [.. array.EnumerateArray().Select(static value => (float)value.GetDouble())];

    public static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(static value => value.GetInt32())];

    private static JsonElement Read(string name) => JsonDocument.Parse(
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Vectors", name))).RootElement;
}
