using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Governance;

/// <summary>No proposal has this number.</summary>
[Error] public readonly partial record struct UnknownProposal(ulong Id);

/// <summary>The proposal takes no deposits: it has one, or its time is over.</summary>
[Error] public readonly partial record struct NotInDeposit(ulong Id, ProposalStatus Status);

/// <summary>The proposal is not voted on, or no longer.</summary>
[Error] public readonly partial record struct NotVoting(ulong Id, ProposalStatus Status);

/// <summary>A title is 1 to 140 bytes of UTF-8 without control characters.</summary>
[Error] public readonly partial record struct InvalidTitle(string Title);

/// <summary>A URI is at most 256 bytes of UTF-8 without control characters.</summary>
[Error] public readonly partial record struct InvalidUri(string Uri);

/// <summary>A deposit is less than a sixteenth of what a proposal needs.</summary>
[Error] public readonly partial record struct DepositTooSmall(Amount Needed, Amount Had);

/// <summary>A proposal has as many depositors as one may have; those there may add to what they gave.</summary>
[Error] public readonly partial record struct TooManyDepositors(ulong Maximum);

/// <summary>As many proposals are voted on as may be at a time; deposit again when one is decided.</summary>
[Error] public readonly partial record struct TooManyVotes(ulong Maximum);

/// <summary>A ballot's weights do not add up to 10,000.</summary>
[Error] public readonly partial record struct InvalidWeights(ulong Needed, ulong Had);

/// <summary>The account neither runs a validator nor has stake with one.</summary>
[Error] public readonly partial record struct NoStake(Address Voter);

/// <summary>No module has this name.</summary>
[Error] public readonly partial record struct UnknownModule(string Name);

/// <summary>The module has no governed parameters.</summary>
[Error] public readonly partial record struct NothingGoverned(string Module);

/// <summary>A payment needs a payee and an amount that a ledger can hold.</summary>
[Error] public readonly partial record struct InvalidSpend(Address To, UInt256 Amount);

/// <summary>No token has this number; 0 is DPN.</summary>
[Error] public readonly partial record struct UnknownAsset(uint Token);

/// <summary>A fork's name is 1 to 64 bytes without control characters.</summary>
[Error] public readonly partial record struct InvalidFork(string Name);

/// <summary>A fork comes after the earliest block in which the proposal may have its effect.</summary>
[Error] public readonly partial record struct ForkTooEarly(ulong Needed, ulong Had);

/// <summary>The module keeps no function of this selector for governance.</summary>
[Error] public readonly partial record struct NotAnOrder(string Module, uint Selector);

/// <summary>A view returns at most so many proposals at once.</summary>
[Error] public readonly partial record struct TooManyProposals(ulong Maximum);
