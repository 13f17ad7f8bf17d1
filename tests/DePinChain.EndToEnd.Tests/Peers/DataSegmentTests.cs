using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.EndToEnd.Tests.Peers;

/// <summary>
/// The pieces, aggregates and inclusion proofs of random files, as the unmodified @web3-storage/data-segment computes them.
/// </summary>
[NonParallelizable]
public sealed class DataSegmentTests() : PeerSuite("datasegment")
{
    private const int AggregateHeight = 16;

    [TestCaseSource(nameof(Names))]
    public void Passes(string test) => Passed(test);

    protected override async Task<Subject> StartSubjectAsync()
    {
        Folder folder = new();
        JsonArray files = [];
        List<PieceCid> pieces = [];
        foreach (int size in new[] { 127, 128, 254, 255, 508, 1_000, 1_016, 65_024, 65_025, 130_048, 300_001, 1 << 20 })
        {
            byte[] payload = RandomNumberGenerator.GetBytes(size);
            string name = size.ToString(CultureInfo.InvariantCulture);
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, name), payload);
            PieceCid cid = PieceHasher.Of(payload);
            files.Add(new JsonObject { ["name"] = name, ["cid"] = cid.ToString() });
            if (size is > 127 and < 255) pieces.Add(cid);
            else if (size is 1_000 or 65_025 or 300_001) pieces.Add(cid);
        }

        PieceAggregate aggregate = PieceAggregate.Build(AggregateHeight, pieces);
        JsonObject said = new()
        {
            ["files"] = files,
            ["pieces"] = new JsonArray([.. pieces.Select(static piece => (JsonNode)piece.ToString())]),
            ["aggregate"] = aggregate.Cid.ToString(),
            ["aggregateSize"] = aggregate.Cid.PaddedSize,
            ["proofs"] = new JsonArray([.. pieces.Select((_, at) => (JsonNode)ProofOf(aggregate.Prove(at)))]),
        };
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "said.json"), said.ToJsonString());
        SortedDictionary<string, string> environment = new(StringComparer.Ordinal) { ["DEPIN_PIECES"] = folder.Path };
        return new Subject(environment, folder, static () => "");
    }

    private static IEnumerable<string> Names() => NamesOf("datasegment");

    private static JsonObject ProofOf(SegmentInclusion proof) => new()
    {
        ["tree"] = PathOf(proof.PieceIndex, proof.PiecePath),
        ["index"] = PathOf(proof.EntryIndex, proof.EntryPath),
    };

    private static JsonObject PathOf(ulong place, byte[] path) => new()
    {
        ["place"] = place.ToString(CultureInfo.InvariantCulture),
        ["path"] = new JsonArray([.. path.Chunk(32).Select(static node => (JsonNode)Hex.Encode(node, prefix: false))]),
    };

    private sealed class Folder : IAsyncDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("depin-pieces-").FullName;

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Path, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
