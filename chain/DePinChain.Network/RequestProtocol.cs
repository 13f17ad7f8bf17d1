namespace DePinChain.Network;

/// <summary>What one peer may ask another: RLP in, RLP chunks out.</summary>
public enum RequestProtocol : byte
{
    /// <summary>/dpc/status/1</summary>
    Status = 1,

    /// <summary>/dpc/blocks/1: blocks with their certificates.</summary>
    Blocks = 2,

    /// <summary>/dpc/votes/1: the votes of a round that the asker lacks.</summary>
    Votes = 3,

    /// <summary>/dpc/proposed/1: one block that is being voted on, by its hash.</summary>
    ProposedBlock = 4,

    /// <summary>/dpc/headers/1: headers at a fixed step.</summary>
    Headers = 5,

    /// <summary>/dpc/light/1: a header with its preimage, its validators and its certificate.</summary>
    Light = 6,

    /// <summary>/dpc/pooled-tx/1: pending transactions by hash.</summary>
    PooledTransactions = 7,

    /// <summary>/dpc/snapshot/1: what state snapshots a peer has, a manifest, or a chunk.</summary>
    Snapshot = 8,

    /// <summary>/dpc/blob/1: shards of blobs that committees judge, and receipts for them.</summary>
    Blob = 9,
}

/// <summary>What each request is called on the wire and how much may come back; a transport refuses more before it allocates.</summary>
public static class RequestLimits
{
    /// <summary>Bytes of one chunk: a block of 2 MiB with its certificate, or a snapshot's chunk, fits.</summary>
    public const int ChunkBytesMax = 8 * 1024 * 1024;

    /// <summary>Bytes of a whole answer.</summary>
    public const int AnswerBytesMax = 9 * 1024 * 1024;

    /// <summary>Bytes of a question.</summary>
    public const int RequestBytesMax = 64 * 1024;

    /// <summary>Chunks in one answer.</summary>
    public static int ChunksMax(RequestProtocol protocol) => protocol switch
    {
        RequestProtocol.Blocks => (int)BlocksRequest.CountMax,
        RequestProtocol.Headers => (int)HeadersRequest.CountMax,
        RequestProtocol.PooledTransactions => PooledTransactionsRequest.CountMax,
        _ => 1,
    };

    /// <summary>The protocol's name for multistream-select.</summary>
    public static string NameOf(RequestProtocol protocol) => protocol switch
    {
        RequestProtocol.Status => "/dpc/status/1",
        RequestProtocol.Blocks => "/dpc/blocks/1",
        RequestProtocol.Votes => "/dpc/votes/1",
        RequestProtocol.ProposedBlock => "/dpc/proposed/1",
        RequestProtocol.Headers => "/dpc/headers/1",
        RequestProtocol.Light => "/dpc/light/1",
        RequestProtocol.PooledTransactions => "/dpc/pooled-tx/1",
        RequestProtocol.Snapshot => "/dpc/snapshot/1",
        RequestProtocol.Blob => "/dpc/blob/1",
        _ => throw new ArgumentOutOfRangeException(nameof(protocol)),
    };
}

/// <summary>How a request ended; the values of success and refusal are the first byte of a chunk on the wire.</summary>
public enum AnswerStatus : byte
{
    Success = 0,
    InvalidRequest = 1,
    NotAvailable = 2,

    /// <summary>No answer within the time limit, or the peer went away.</summary>
    Unanswered = 255,
}

/// <summary>The answer to a request: its chunks in order, empty unless successful.</summary>
public sealed record Answer(AnswerStatus Status, IReadOnlyList<ReadOnlyMemory<byte>> Chunks)
{
    public static Answer Unanswered { get; } = new(AnswerStatus.Unanswered, []);

    public static Answer Refused(AnswerStatus status) => new(status, []);
}
