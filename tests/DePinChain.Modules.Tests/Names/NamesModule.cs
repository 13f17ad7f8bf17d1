using DePinChain.Modules.Sdk;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Tests.Names;

/// <summary>Leases readable names to accounts, first come first served, against a refundable deposit.</summary>
[Module("names", "0x000000000000000000000000000000000000d007")]
public sealed partial class NamesModule(ModuleState state, Logs logs, IBank bank) : IModule, IBeginBlock, IInvariants
{
    [Slot(0)] private partial CountedMap<string, NameRecord> Records { get; }
    [Slot(1)] private partial Schedule<string> Expirations { get; }

    /// <summary>Leases a free name to the caller for <see cref="NamesPolicy.LeaseBlocks"/> blocks.</summary>
    /// <param name="name">1 to 32 characters out of a-z, 0-9 and '-'.</param>
    [Function, Payable]
    public void Register(Call call, string name)
    {
        Require(NamesPolicy.IsValid(name), new InvalidName(name));
        Require(!Records.Contains(name), new NameTaken(name));
        Require(call.Value == NamesPolicy.Deposit, new WrongDeposit(NamesPolicy.Deposit, call.Value));

        ulong expiresAt = call.Block.Number + NamesPolicy.LeaseBlocks;
        Records[name] = new NameRecord(call.Sender, expiresAt);
        Expirations.Add(expiresAt, name);
        logs.Emit(new NameRegistered(call.Sender, name, expiresAt));
    }

    /// <summary>The owner of a live name and the block at which its lease ends.</summary>
    [Function]
    public NameRecord Resolve(string name)
    {
        Require(Records.Contains(name), new UnknownName(name));
        return Records[name];
    }

    /// <summary>Frees the names whose lease ends at this block and refunds their deposits.</summary>
    public void BeginBlock(BlockContext block)
    {
        foreach (string name in Expirations.TakeDue(block.Number, NamesPolicy.ExpirationsPerBlockMax))
        {
            NameRecord record = Records[name];
            Records.Remove(name);
            bank.Transfer(from: Address, to: record.Owner, NamesPolicy.Deposit);
            logs.Emit(new NameExpired(record.Owner, name));
        }
    }

    /// <summary>Every live name is backed by exactly one deposit.</summary>
    public IEnumerable<string> Violations() => NamesInvariants.Of(bank.BalanceOf(Address), Records.Count);
}
