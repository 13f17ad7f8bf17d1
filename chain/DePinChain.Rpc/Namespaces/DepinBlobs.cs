using System.Text.Json;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Namespaces;

/// <summary>depin_: blobs that lie in shards outside the state; for programs on this machine only.</summary>
internal sealed class DepinBlobs(INodeBlobs blobs)
{
    /// <summary>Bytes of a blob in one call: twice as many hexadecimal digits fit a request's body.</summary>
    public const int PartBytesMax = 2 * 1024 * 1024;

    private const int SignatureSize = 65;
    private const int ListedMax = 100;

    public void AddTo(MethodTable methods)
    {
        methods.Trusted("depin_putBlob", Put);
        methods.TrustedDeferred("depin_getBlob", Get);
        methods.TrustedDeferred("depin_keepShard", Keep);
        methods.Trusted("depin_getShard", GetShard);
        methods.Trusted("depin_putReceipt", PutReceipt);
        methods.TrustedDeferred("depin_getReceipts", GetReceipts);
        methods.Trusted("depin_listBlobs", List);
    }

    private RpcError? Put(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlobName? name = ReadName(ref parameters);
        ulong until = parameters.ReadNumber();
        ulong offset = parameters.ReadNumber();
        byte[] part = parameters.ReadData(PartBytesMax);
        if (parameters.Finish() is { } fault) return fault;
        if (name is not { } blob) return NoShards;
        BlobAnswer answer = blobs.Put(blob, until, offset, part);
        if (answer.Fault is { } why) return RpcError.Server(why);
        Write(result, answer);
        return null;
    }

    private Task<DeferredResult> Get(ref ParameterReader parameters, in RequestScope scope)
    {
        BlobName? name = ReadName(ref parameters);
        ulong offset = parameters.ReadNumber();
        ulong length = parameters.ReadNumber();
        if (parameters.Finish() is { } fault) return Failed(fault);
        if (name is not { } blob) return Failed(NoShards);
        if (length > PartBytesMax) return Failed(RpcError.InvalidParams($"invalid argument 5: at most {PartBytesMax} bytes in one call"));
        return GetAsync(blob, offset, (int)length);
    }

    private async Task<DeferredResult> GetAsync(BlobName name, ulong offset, int length)
    {
        BlobBytes found = await blobs.GetAsync(name);
        if (found.Blob is not { } blob) return DeferredResult.Fail(RpcError.Server(found.Fault ?? "the blob is not available"));
        if (offset > (ulong)blob.Length) return DeferredResult.Fail(RpcError.InvalidParams($"the blob ends at {blob.Length}"));
        int start = (int)offset;
        return DeferredResult.Ok(json => json.WriteDataValue(blob.AsSpan(start, Math.Min(length, blob.Length - start))));
    }

    private Task<DeferredResult> Keep(ref ParameterReader parameters, in RequestScope scope)
    {
        BlobName? name = ReadName(ref parameters);
        ulong shard = parameters.ReadNumber();
        ulong until = parameters.ReadNumber();
        if (parameters.Finish() is { } fault) return Failed(fault);
        if (name is not { } blob || shard >= blob.Custodians) return Failed(NoShards);
        return KeepAsync(blob, (byte)shard, until);
    }

    private async Task<DeferredResult> KeepAsync(BlobName name, byte shard, ulong until)
    {
        BlobAnswer answer = await blobs.KeepAsync(name, shard, until);
        return answer.Fault is { } why ? DeferredResult.Fail(RpcError.Server(why)) : DeferredResult.Ok(json => Write(json, answer));
    }

    private RpcError? GetShard(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Hash256 root = parameters.ReadHash();
        ulong custodians = parameters.ReadNumber();
        ulong shard = parameters.ReadNumber();
        ulong piece = parameters.ReadNumber();
        if (parameters.Finish() is { } fault) return fault;
        if (custodians is 0 or > byte.MaxValue || shard >= custodians) return NoShards;
        if (blobs.FindPiece(root, (byte)custodians, (byte)shard, piece) is not ({ } bytes, { } path))
            return RpcError.Server($"piece {piece} of shard {shard} does not lie here");
        result.WriteStartObject();
        result.WriteData("piece"u8, bytes);
        result.WriteStartArray("path"u8);
        foreach (Hash256 node in path) result.WriteHashValue(node);
        result.WriteEndArray();
        result.WriteEndObject();
        return null;
    }

    private RpcError? PutReceipt(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Hash256 root = parameters.ReadHash();
        ulong custodians = parameters.ReadNumber();
        ulong job = parameters.ReadNumber();
        ulong index = parameters.ReadNumber();
        byte[] signature = parameters.ReadData(SignatureSize);
        if (parameters.Finish() is { } fault) return fault;
        if (custodians is 0 or > byte.MaxValue || index >= custodians) return NoShards;
        if (signature.Length != SignatureSize) return RpcError.InvalidParams($"invalid argument 4: a signature has {SignatureSize} bytes");
        if (!blobs.PutReceipt(root, (byte)custodians, job, (byte)index, signature))
            return RpcError.Server($"blob {root} does not lie here, or there are too many receipts; keep its shard first");
        result.WriteBooleanValue(true);
        return null;
    }

    private Task<DeferredResult> GetReceipts(ref ParameterReader parameters, in RequestScope scope)
    {
        Hash256 root = parameters.ReadHash();
        ulong custodians = parameters.ReadNumber();
        ulong job = parameters.ReadNumber();
        if (parameters.Finish() is { } fault) return Failed(fault);
        return custodians is 0 or > byte.MaxValue ? Failed(NoShards) : GetReceiptsAsync(root, (byte)custodians, job);
    }

    private async Task<DeferredResult> GetReceiptsAsync(Hash256 root, byte custodians, ulong job)
    {
        IReadOnlyList<(byte Index, byte[] Signature)> receipts = await blobs.ReceiptsAsync(root, custodians, job);
        return DeferredResult.Ok(json =>
        {
            json.WriteStartArray();
            foreach ((byte index, byte[] signature) in receipts)
            {
                json.WriteStartObject();
                json.WriteNumber("index"u8, index);
                json.WriteData("signature"u8, signature);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private RpcError? List(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        BlobHouse house = blobs.House;
        result.WriteStartObject();
        result.WriteNumber("size"u8, house.Size);
        result.WriteNumber("quota"u8, house.Quota);
        result.WriteNumber("count"u8, house.Blobs.Count);
        result.WriteStartArray("blobs"u8);
        foreach ((BlobName name, IReadOnlyList<int> shards, ulong until) in house.Blobs.Take(ListedMax))
        {
            result.WriteStartObject();
            result.WriteHash("root"u8, name.Root);
            result.WriteNumber("bytes"u8, name.Bytes);
            result.WriteNumber("custodians"u8, name.Custodians);
            result.WriteNumber("until"u8, until);
            result.WriteStartArray("shards"u8);
            foreach (int shard in shards) result.WriteNumberValue(shard);
            result.WriteEndArray();
            result.WriteEndObject();
        }

        result.WriteEndArray();
        result.WriteEndObject();
        return null;
    }

    private static RpcError NoShards { get; } = RpcError.InvalidParams("a blob is cut into 1 to 255 shards, numbered from 0");

    // Root, length, bytes of a chunk, number of shards.
    private static BlobName? ReadName(ref ParameterReader parameters)
    {
        Hash256 root = parameters.ReadHash();
        ulong bytes = parameters.ReadNumber();
        ulong chunkBytes = parameters.ReadNumber();
        ulong custodians = parameters.ReadNumber();
        bool isRight = chunkBytes is > 0 and <= uint.MaxValue && custodians is > 0 and <= byte.MaxValue;
        return isRight ? new BlobName(root, bytes, (uint)chunkBytes, (byte)custodians) : null;
    }

    private static void Write(Utf8JsonWriter json, BlobAnswer answer)
    {
        json.WriteStartObject();
        json.WriteNumber("received"u8, answer.Received);
        if (answer.ShardRoot is { } root) json.WriteHash("shardRoot"u8, root);
        else json.WriteNull("shardRoot"u8);
        json.WriteEndObject();
    }

    private static Task<DeferredResult> Failed(RpcError error) => Task.FromResult(DeferredResult.Fail(error));
}
