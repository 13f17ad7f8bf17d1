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
