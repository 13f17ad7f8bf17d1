using System.Text.Json;
using DePinChain.Primitives;
using DePinChain.Rpc;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>Blobs over JSON-RPC: what may be brought and asked for, and how much at a time.</summary>
public sealed class BlobCallTests
{
    private static readonly string Root = "0x" + new string('a', 64);

    [Test]
    public async Task A_blob_goes_in_and_out_in_parts_and_refusals_name_what_is_wrong()
    {
        FakeBlobs blobs = new();
        await using RpcChain chain = await RpcChain.StartAsync(blobs: blobs);
        JsonElement put = await CallAsync(chain, "depin_putBlob", Root, 3, 2, 4, 50, 0, "0x010203");
        Assert.That(put.GetProperty("received").GetInt32(), Is.EqualTo(3));
        Assert.That(put.GetProperty("shardRoot").GetString(), Is.EqualTo(Root));
        Assert.That((await CallAsync(chain, "depin_getBlob", Root, 3, 2, 4, 1, 9)).GetString(), Is.EqualTo("0x0203"));
        Assert.That(await ErrorOf(chain, "depin_getBlob", Root, 3, 2, 4, 4, 9), Does.Contain("the blob ends at 3"));
        Assert.That(await ErrorOf(chain, "depin_getBlob", Root, 3, 2, 4, 0, 2_097_153), Does.Contain("at most 2097152 bytes in one call"));
        Assert.That(await ErrorOf(chain, "depin_getBlob", Root, 4, 2, 4, 0, 9), Does.Contain("1 of the 2 shards"));
        Assert.That(await ErrorOf(chain, "depin_putBlob", Root, 3, 2, 256, 50, 0, "0x01"), Does.Contain("1 to 255 shards"));
        Assert.That(await ErrorOf(chain, "depin_putBlob", Root, 9, 2, 4, 50, 0, "0x01"), Does.Contain("quota"));
        Assert.That(await ErrorOf(chain, "depin_keepShard", Root, 3, 2, 4, 4, 50), Does.Contain("numbered from 0"));
        JsonElement kept = await CallAsync(chain, "depin_keepShard", Root, 3, 2, 4, 3, 50);
        Assert.That(kept.GetProperty("shardRoot").GetString(), Is.EqualTo(Root));
    }

    [Test]
    public async Task Pieces_and_receipts_are_given_as_they_lie_there()
    {
        FakeBlobs blobs = new();
        await using RpcChain chain = await RpcChain.StartAsync(blobs: blobs);
        string signature = "0x" + new string('7', 130);
        Assert.That((await CallAsync(chain, "depin_putReceipt", Root, 4, 9, 1, signature)).GetBoolean());
        JsonElement receipt = (await CallAsync(chain, "depin_getReceipts", Root, 4, 9))[0];
        Assert.That((receipt.GetProperty("index").GetInt32(), receipt.GetProperty("signature").GetString()), Is.EqualTo((1, signature)));
        Assert.That(await ErrorOf(chain, "depin_putReceipt", Root, 4, 9, 1, "0x77"), Does.Contain("a signature has 65 bytes"));
        Assert.That(await ErrorOf(chain, "depin_putReceipt", Root, 4, 9, 4, signature), Does.Contain("numbered from 0"));
        JsonElement piece = await CallAsync(chain, "depin_getShard", Root, 4, 1, 0);
        Assert.That(piece.GetProperty("piece").GetString(), Is.EqualTo("0x010203"));
        Assert.That(piece.GetProperty("path")[0].GetString(), Is.EqualTo(Root));
        Assert.That(await ErrorOf(chain, "depin_getShard", Root, 4, 1, 1), Does.Contain("does not lie here"));
        JsonElement house = await CallAsync(chain, "depin_listBlobs");
        Assert.That(house.GetProperty("blobs")[0].GetProperty("shards")[0].GetInt32(), Is.EqualTo(1));
    }

    private static Task<JsonElement> CallAsync(RpcChain chain, string method, params object?[] parameters) =>
        chain.CallAsync(method, JsonSerializer.Serialize(parameters));

    private static async Task<string> ErrorOf(RpcChain chain, string method, params object?[] parameters) =>
        (await chain.FailAsync(method, JsonSerializer.Serialize(parameters))).Message;

    /// <summary>A store with one blob of three bytes.</summary>
    private sealed class FakeBlobs : INodeBlobs
    {
        private readonly List<(byte Index, byte[] Signature)> _receipts = [];

        public BlobHouse House => new(3, 10, [(new BlobName(Hash256.Parse(Root), 3, 2, 4), [1], 50)]);

        public BlobAnswer Put(BlobName name, ulong until, ulong offset, byte[] part) =>
            name.Bytes == 3 ? new BlobAnswer(3, name.Root, null) : new BlobAnswer(0, null, "the blobs' quota is used up");

        public Task<BlobBytes> GetAsync(BlobName name) => Task.FromResult(
            name.Bytes == 3 ? new BlobBytes([1, 2, 3], null) : new BlobBytes(null, "1 of the 2 shards were found"));

        public Task<BlobAnswer> KeepAsync(BlobName name, byte shard, ulong until) =>
            Task.FromResult(new BlobAnswer(3, name.Root, null));

        public (byte[] Piece, Hash256[] Path)? FindPiece(Hash256 root, byte custodians, byte shard, ulong piece) =>
            piece == 0 ? ([1, 2, 3], [root]) : null;

        public bool PutReceipt(Hash256 root, byte custodians, ulong job, byte index, byte[] signature)
        {
            _receipts.Add((index, signature));
            return true;
        }

        public Task<IReadOnlyList<(byte Index, byte[] Signature)>> ReceiptsAsync(Hash256 root, byte custodians, ulong job) =>
            Task.FromResult<IReadOnlyList<(byte Index, byte[] Signature)>>(_receipts);
    }
}
