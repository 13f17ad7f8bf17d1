using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>A provider opened a data set; challenges fall at First + n·Period.</summary>
[Event(typeof(DataSetsModule))]
public readonly partial record struct DataSetCreated([Indexed] ulong SetId, [Indexed] ulong ProviderId, ulong First, ulong Period);

/// <summary>Pieces are in a set; from the next challenge on they may be asked for.</summary>
[Event(typeof(DataSetsModule))]
public readonly partial record struct PiecesAdded([Indexed] ulong SetId, ulong First, byte[][] Cids);

/// <summary>A period's proof was right.</summary>
[Event(typeof(DataSetsModule))]
public readonly partial record struct PossessionProven([Indexed] ulong SetId, ulong Period, ushort Challenges);

/// <summary>A period passed without proof: it is not paid for.</summary>
[Event(typeof(DataSetsModule))]
public readonly partial record struct PdpFault([Indexed] ulong SetId, ulong Period, ulong Run);

/// <summary>A set missed too many periods in a row: its deals are slashed as they are settled.</summary>
[Event(typeof(DataSetsModule))]
public readonly partial record struct DataSetFailed([Indexed] ulong SetId);

/// <summary>A piece will leave its set with the next proof.</summary>
[Event(typeof(DataSetsModule))]
public readonly partial record struct RemovalScheduled([Indexed] ulong SetId, ulong PieceId);

/// <summary>A piece left its set.</summary>
[Event(typeof(DataSetsModule))]
public readonly partial record struct PieceRemoved([Indexed] ulong SetId, ulong PieceId);

/// <summary>A set is gone; its deposit was paid.</summary>
[Event(typeof(DataSetsModule))]
public readonly partial record struct DataSetClosed([Indexed] ulong SetId, Address PaidTo, Amount Deposit);

/// <summary>No data set has this number.</summary>
[Error] public readonly partial record struct UnknownDataSet(ulong SetId);

/// <summary>The set takes no pieces and no proofs any more.</summary>
[Error] public readonly partial record struct DataSetOver(ulong SetId, DataSetState State);

/// <summary>A set comes with this deposit.</summary>
[Error] public readonly partial record struct WrongRentDeposit(Amount Expected, Amount Actual);

/// <summary>As many deals as pieces, one for each; 0 for none.</summary>
[Error] public readonly partial record struct PieceCount(uint Pieces, uint Deals);

/// <summary>The piece CID does not decode, or the piece is empty.</summary>
[Error] public readonly partial record struct InvalidPiece(uint Index, string Reason);

/// <summary>The set has had as many pieces as it may.</summary>
[Error] public readonly partial record struct DataSetFull(ulong SetId);

/// <summary>The file is not shown to lie in the aggregate.</summary>
[Error] public readonly partial record struct InvalidInclusion(uint Index, string Reason);

/// <summary>The set's next period to prove is another one; 0 when there is none.</summary>
[Error] public readonly partial record struct WrongPeriod(ulong Period, ulong Expected);

/// <summary>The challenge falls at this block; proofs are taken from the next on.</summary>
[Error] public readonly partial record struct ChallengeAhead(ulong Block);

/// <summary>The proof must show this many leaves.</summary>
[Error] public readonly partial record struct WrongProofCount(ushort Expected, uint Actual);

/// <summary>More bytes than are verified in a block.</summary>
[Error] public readonly partial record struct ProofTooLarge(uint Bytes);

/// <summary>The leaf of this challenge does not lead to its piece.</summary>
[Error] public readonly partial record struct InvalidPossession(uint Challenge, ulong PieceId, ulong Leaf);

/// <summary>The set has no such piece, or it is leaving already.</summary>
[Error] public readonly partial record struct UnknownPiece(ulong SetId, ulong PieceId);

/// <summary>A deal of the piece still runs.</summary>
[Error] public readonly partial record struct DealStillRuns(ulong PieceId, ulong DealId);

/// <summary>Too many removals wait for the next proof.</summary>
[Error] public readonly partial record struct TooManyRemovals(uint Max);

