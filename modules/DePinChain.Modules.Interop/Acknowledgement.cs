using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>What became of a received packet.</summary>
/// <param name="Succeeded">Whether its payloads took effect.</param>
/// <param name="Results">A result for each payload; after a failure the one reason, as revert data.</param>
internal sealed record Acknowledgement(bool Succeeded, IReadOnlyList<byte[]> Results)
{
    /// <summary>What failed, and why.</summary>
    public static Acknowledgement Failure(byte[] reason) =>
        new(false, [reason.Length <= PacketsPolicy.ReasonBytesMax ? reason : reason[..PacketsPolicy.ReasonBytesMax]]);

    /// <summary>The reason of a failure; nothing after success.</summary>
    public byte[] Reason => Succeeded || Results.Count == 0 ? [] : Results[0];

    /// <summary>RLP [1 or 0, [result…]].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(Succeeded ? 1UL : 0UL);
        int results = writer.BeginList();
        foreach (byte[] result in Results) writer.Write(result);
        writer.EndList(results);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads an acknowledgement strictly.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out Acknowledgement? acknowledgement, [NotNullWhen(false)] out string? why) =>
        RlpDecoding.TryDecode(encoded, Read, out acknowledgement, out why);

    private static Acknowledgement Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        bool succeeded = fields.ReadBool();
        RlpReader list = fields.ReadList();
        int count = list.CountItems();
        if (count > PacketsPolicy.PayloadsMax) throw new RlpException($"{count} results are more than {PacketsPolicy.PayloadsMax}");
        List<byte[]> results = new(count);
        while (!list.AtEnd) results.Add(list.ReadBytes().ToArray());
        fields.ExpectEnd();
        return new Acknowledgement(succeeded, results);
    }
}
