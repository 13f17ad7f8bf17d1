using System.Text.Json;
using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Kernels;

namespace DePinChain.Gpu;

/// <summary>What one kernel gave against what it must give.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Size">Which of the three sizes.</param>
/// <param name="Digest">SHA-256 of its output.</param>
/// <param name="Expected">What the manifest says; empty when it says nothing.</param>
public sealed record KernelAnswer(string Kernel, int Size, string Digest, string Expected)
{
    /// <summary>True when both are the same.</summary>
    public bool IsRight => string.Equals(Digest, Expected, StringComparison.Ordinal);
}

/// <summary>
/// The known answers of every kernel (gpu/kats.json): digests of outputs for seeded inputs in three sizes. A device that gives another
/// digest is wrong, whatever it says of itself.
/// </summary>
public static class KnownAnswers
{
    /// <summary>Sizes of each kernel.</summary>
    public const int Sizes = 3;

    private static readonly int[] Counts = [1, 65, 777];

    private static readonly Dictionary<string, string[]> Manifest = Read();

    /// <summary>The kernels, hashes first.</summary>
    public static IReadOnlyList<string> Kernels { get; } =
    [
        "sha256_fixed", "sha256_var", "node_pairs", "node_trees", "fold_paths", "piece_quads", "sdr_labels",
        "gemm_f32", "gemm_i8", "quantize_rows", "rms_norm", "rope", "attention", "silu_multiply", "add_rows", "gather_rows",
        "gemm_f32_bf16", "attention_bf16", "rms_norm_bf16", "silu_multiply_bf16",
        "round_product", "round_sums", "round_next",
    ];

    /// <summary>Runs one kernel in one size and compares.</summary>
    public static KernelAnswer Run(IBackend backend, string kernel, int size)
    {
        string digest = Convert.ToHexStringLower(Sha256Scalar.Hash(OutputOf(backend, kernel, size)));
        return new KernelAnswer(kernel, size, digest,
            Manifest.TryGetValue(kernel, out string[]? known) && known.Length > size ? known[size] : "");
    }

    /// <summary>Runs everything a device is used for: what is of integers always, tensors where it is exact.</summary>
    public static IEnumerable<KernelAnswer> RunAll(IBackend backend, int sizes = Sizes) =>
        from kernel in Kernels
        where backend.Device.Exact || IsHash(kernel) || IsRound(kernel)
        from size in Enumerable.Range(0, sizes)
        select Run(backend, kernel, size);

    /// <summary>The manifest that a backend's answers make: how gpu/kats.json is written.</summary>
    public static string Write(IBackend backend)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("rule", "SHA-256 of the output of every kernel for the inputs of KnownAnswers.cs, in three sizes");
            writer.WriteStartObject("answers");
            foreach (string kernel in Kernels)
            {
                writer.WriteStartArray(kernel);
                for (int size = 0; size < Sizes; size++) writer.WriteStringValue(Run(backend, kernel, size).Digest);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>Whether a kernel works on bytes; the others work on numbers.</summary>
    public static bool IsHash(string kernel) => kernel is
        "sha256_fixed" or "sha256_var" or "node_pairs" or "node_trees" or "fold_paths" or "piece_quads" or "sdr_labels";

    /// <summary>Whether a kernel is one of the rounds: integers too.</summary>
    public static bool IsRound(string kernel) => kernel.StartsWith("round_", StringComparison.Ordinal);

    private static byte[] OutputOf(IBackend backend, string kernel, int size)
    {
        // Every input is its own stream, so that kernels can be added without moving the others' answers.
        SeededStream seeds = new(((ulong)kernel.Length << 32) + ((ulong)kernel[0] << 16) + ((ulong)kernel[^1] << 8) + (ulong)size);
        int count = Counts[size];
        if (IsHash(kernel)) return Hashes(backend, kernel, seeds, count, size);
        return IsRound(kernel)
            ? RoundAnswers.Of(backend.Tensors, backend.Tensors, kernel, seeds, size)
            : TensorAnswers.Of(backend.Tensors, kernel, seeds, size);
    }

    private static byte[] Hashes(IBackend backend, string kernel, SeededStream seeds, int count, int size)
    {
        byte[] result = new byte[count * 32];
        switch (kernel)
        {
            case "sha256_fixed":
                int length = new[] { 56, 64, 240 }[size];
                backend.HashFixed(seeds.Bytes(count * length), length, result);
                break;
            case "sha256_var":
                uint[] offsets = new uint[count + 1];
                for (int at = 0; at < count; at++) offsets[at + 1] = offsets[at] + (uint)(seeds.Next() % 300);
                backend.HashVariable(seeds.Bytes((int)offsets[^1]), offsets, result);
                break;
            case "node_pairs":
                backend.HashPairs(seeds.Bytes(count * 64), result, size == 1 ? (byte)0xff : (byte)0x3f);
                break;
            case "node_trees":
                int leaves = new[] { 2, 8, 32 }[size];
                backend.HashTrees(seeds.Bytes(count * leaves * 32), leaves, result, 0x3f);
                break;
            case "fold_paths":
                int levels = new[] { 0, 5, 30 }[size];
                ulong[] places = new ulong[count];
                for (int at = 0; at < count; at++) places[at] = seeds.Next();
                backend.FoldPaths(seeds.Bytes(count * 32), places, seeds.Bytes(count * levels * 32), levels, result, 0x3f);
                break;
            case "piece_quads":
                int quads = new[] { 1, 2, 16 }[size];
                backend.HashPieces(seeds.Bytes(count * quads * 127), quads, result);
                break;
            default:
                int parents = new[] { 6, 14, 37 }[size];
                backend.HashLabels(seeds.Bytes(count * 64), seeds.Bytes(count * parents * 32), parents, result);
                break;
        }

        return result;
    }

    private static Dictionary<string, string[]> Read()
    {
        Dictionary<string, string[]> manifest = new(StringComparer.Ordinal);
        using JsonDocument document = JsonDocument.Parse(KernelSource.ReadResource("kats.json") ?? "{}"u8.ToArray());
        if (!document.RootElement.TryGetProperty("answers", out JsonElement answers)) return manifest;
        foreach (JsonProperty kernel in answers.EnumerateObject())
            manifest[kernel.Name] = [.. kernel.Value.EnumerateArray().Select(static digest => digest.GetString() ?? "")];
        return manifest;
    }
}
