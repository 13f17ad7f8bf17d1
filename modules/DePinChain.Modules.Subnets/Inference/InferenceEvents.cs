using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>A model was registered.</summary>
[Event] public readonly partial record struct ModelRegistered([Indexed] ulong Model, [Indexed] Address Owner, Hash256 WeightsRoot);

/// <summary>A model was retired; subnets that have it keep it.</summary>
[Event] public readonly partial record struct ModelRetired([Indexed] ulong Model);

/// <summary>A subnet's owner chose the model that its miners serve.</summary>
[Event] public readonly partial record struct ModelChosen([Indexed] uint Netuid, [Indexed] ulong Model);

/// <summary>A dissolved subnet let go of its model.</summary>
[Event] public readonly partial record struct ModelReleased([Indexed] uint Netuid, [Indexed] ulong Model);

/// <summary>A miner put up coins that pay its audits and answer for what they find.</summary>
[Event] public readonly partial record struct MinerEntered([Indexed] uint Netuid, [Indexed] Address Hotkey, ulong Miner, Amount Deposit);

/// <summary>A miner took its deposit back.</summary>
[Event] public readonly partial record struct MinerLeft([Indexed] uint Netuid, [Indexed] Address Hotkey, Amount Deposit);

/// <summary>A miner committed to answers: from now on they can be audited.</summary>
[Event]
public readonly partial record struct ReceiptsCommitted(
    [Indexed] uint Netuid, [Indexed] Address Hotkey, ulong Batch, Hash256 Root, uint Count, ulong Tokens);

/// <summary>An answer is audited by a committee.</summary>
[Event]
public readonly partial record struct AuditOpened(
    [Indexed] ulong Batch, [Indexed] Address Hotkey, uint Index, ulong Job, Address Requester, Amount Fee);

/// <summary>An answer that was drawn is not audited: nobody can, or the deposit does not cover the fee.</summary>
[Event] public readonly partial record struct AuditSkipped([Indexed] ulong Batch, uint Index, Amount Fee);

/// <summary>A committee found that an answer is what the model gives.</summary>
[Event] public readonly partial record struct AuditPassed([Indexed] ulong Batch, [Indexed] Address Hotkey, uint Index);

/// <summary>A committee found that an answer is not what the model gives: the miner earns nothing in this epoch.</summary>
[Event] public readonly partial record struct AuditFailed([Indexed] ulong Batch, [Indexed] Address Hotkey, uint Index, Amount Slashed);

/// <summary>A committee could not have an answer: the miner earns nothing in this epoch.</summary>
[Event] public readonly partial record struct AuditUnserved([Indexed] ulong Batch, [Indexed] Address Hotkey, uint Index, Amount Slashed);

/// <summary>No committee decided: nothing changes, and the fee went back.</summary>
[Event] public readonly partial record struct AuditUndetermined([Indexed] ulong Batch, [Indexed] Address Hotkey, uint Index);

/// <summary>The profile, the format, a root or a size is missing.</summary>
[Error] public readonly partial record struct InvalidModel();

/// <summary>The thresholds are none that a forged proof would still fail, or an exact model has some.</summary>
[Error] public readonly partial record struct InvalidThresholds();

/// <summary>The model is registered already.</summary>
[Error] public readonly partial record struct ModelExists(ulong Model);

/// <summary>There is no such model.</summary>
[Error] public readonly partial record struct UnknownModel(ulong Model);

/// <summary>Only the model's owner may do this.</summary>
[Error] public readonly partial record struct NotModelOwner(Address Owner, Address Caller);

/// <summary>The model is retired.</summary>
[Error] public readonly partial record struct ModelIsRetired(ulong Model);

/// <summary>Subnets have the model; its deposit stays until they choose another.</summary>
[Error] public readonly partial record struct ModelInUse(ulong Model, uint Subnets);

/// <summary>The model has no deposit to give back.</summary>
[Error] public readonly partial record struct NoModelDeposit(ulong Model);

/// <summary>The value of the call is not what is asked.</summary>
[Error] public readonly partial record struct WrongValue(Amount Needed, Amount Given);

/// <summary>Only the subnet's owner may do this.</summary>
[Error] public readonly partial record struct NotOwnerOfSubnet(Address Owner, Address Caller);

/// <summary>The subnet has this model already.</summary>
[Error] public readonly partial record struct SameModel(ulong Model);

/// <summary>The subnet has no model that answers could be audited by.</summary>
[Error] public readonly partial record struct NoModel(uint Netuid);

/// <summary>The subnet is not dissolved: its owner chooses its model.</summary>
[Error] public readonly partial record struct SubnetLives(uint Netuid);

/// <summary>The hotkey has no place in the subnet.</summary>
[Error] public readonly partial record struct NoPlace(uint Netuid, Address Hotkey);

/// <summary>The hotkey is no miner here: it has put up no deposit.</summary>
[Error] public readonly partial record struct NotEntered(uint Netuid, Address Hotkey);

/// <summary>There is no such miner, or it left.</summary>
[Error] public readonly partial record struct UnknownMiner(ulong Miner);

/// <summary>The deposit is too small; enter again with what is missing.</summary>
[Error] public readonly partial record struct DepositTooSmall(Amount Needed, Amount Has);

/// <summary>A batch has a root, 1 to 4,096 answers, and not fewer tokens.</summary>
[Error] public readonly partial record struct InvalidBatch(uint Count, ulong Tokens);

/// <summary>The batch is unknown, or too old to be audited.</summary>
[Error] public readonly partial record struct UnknownBatch(ulong Batch);

/// <summary>The batch has fewer answers.</summary>
[Error] public readonly partial record struct UnknownAnswer(ulong Batch, uint Index, uint Count);

/// <summary>The answer is being audited.</summary>
[Error] public readonly partial record struct AuditRuns(ulong Batch, uint Index, ulong Job);

/// <summary>The audit is over, or never was.</summary>
[Error] public readonly partial record struct UnknownAudit(ulong Job);

/// <summary>Nobody offers to judge inference.</summary>
[Error] public readonly partial record struct NoVerifiers();

/// <summary>Audits or disputes of the miner are not over, or its answers can still be audited.</summary>
[Error] public readonly partial record struct MinerBusy(uint Open, ulong Until);

/// <summary>A page has at most so many entries.</summary>
[Error] public readonly partial record struct MinerPageTooLarge(uint Max);

/// <summary>Somebody says that an answer is wrong at a position: the miner's turn.</summary>
[Event]
public readonly partial record struct DisputeOpened(
    [Indexed] ulong Dispute, [Indexed] Address Hotkey, [Indexed] Address Challenger, ulong Batch, uint Index, uint Position, ulong Until);

/// <summary>A turn was taken; the other party has until a block.</summary>
[Event]
public readonly partial record struct DisputeWentOn(
    [Indexed] ulong Dispute, DisputeStage Stage, uint Layer, Projection Product, ulong Until);

/// <summary>The chain computed an element: the bits that the miner showed, and the right ones; 0x7fc00000 for what is no number.</summary>
[Event] public readonly partial record struct ElementComputed([Indexed] ulong Dispute, uint Element, uint Claimed, uint Right);

/// <summary>A miner was proven wrong, or had nothing to show: the challenger has its bond back and a part of what is slashed.</summary>
[Event]
public readonly partial record struct DisputeProven(
    [Indexed] ulong Dispute, [Indexed] Address Hotkey, [Indexed] Address Challenger, Amount Slashed, Amount Reward);

/// <summary>A challenger was wrong, or said nothing: its bond is burned.</summary>
[Event]
public readonly partial record struct DisputeFailed(
    [Indexed] ulong Dispute, [Indexed] Address Hotkey, [Indexed] Address Challenger, Amount Bond);

/// <summary>Only answers of exact models are disputed: others have no one right number.</summary>
[Error] public readonly partial record struct NotExact(ulong Model);

/// <summary>The caller disputes the answer already.</summary>
[Error] public readonly partial record struct DisputeRuns(ulong Batch, uint Index, ulong Dispute);

/// <summary>Nobody disputes its own answer.</summary>
[Error] public readonly partial record struct OwnAnswer();

/// <summary>The answer and its path lead to another root than the batch's.</summary>
[Error] public readonly partial record struct OtherAnswer(Hash256 Expected, Hash256 Actual);

/// <summary>The position and its path lead to another root than the trace's.</summary>
[Error] public readonly partial record struct OtherTrace(Hash256 Expected, Hash256 Actual);

/// <summary>The dispute is over, or never was.</summary>
[Error] public readonly partial record struct UnknownDispute(ulong Dispute);

/// <summary>It is another turn.</summary>
[Error] public readonly partial record struct OtherTurn(ulong Dispute, DisputeStage Stage);

/// <summary>The digests are not those that the answer commits to.</summary>
[Error] public readonly partial record struct OtherVectors(ulong Dispute);

/// <summary>Only the challenger may do this.</summary>
[Error] public readonly partial record struct NotTheChallenger(Address Challenger);

/// <summary>The vector has another digest.</summary>
[Error] public readonly partial record struct OtherVector(Hash256 Expected);

/// <summary>The row leads to another root than the model's.</summary>
[Error] public readonly partial record struct OtherRow(Hash256 Expected, Hash256 Actual);

/// <summary>A weight is infinite or no number: no engine loads such a model, and nothing follows from it.</summary>
[Error] public readonly partial record struct NotFinite();
