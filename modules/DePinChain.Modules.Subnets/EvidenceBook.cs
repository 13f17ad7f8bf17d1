using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <summary>What validators' scores rest on, who has asked to see a piece of it, and who could not show it.</summary>
[ModulePart]
internal sealed partial class EvidenceBook(ModuleState state)
{
    [Slot(30)] private partial Map<(ulong Net, ulong Uid), EvidenceRecord> Roots { get; }
    [Slot(31)] private partial Sequence Ids { get; }
    [Slot(32)] private partial Map<ulong, ChallengeRecord> Challenges { get; }
    [Slot(33)] private partial Map<(ulong Net, Address Hotkey), ulong> Open { get; }
    [Slot(34)] private partial Schedule<ulong> Ending { get; }
    [Slot(35)] private partial Map<(ulong Net, Address Hotkey), ulong> Silenced { get; }
    [Slot(36)] private partial Item<Amount> Deposits { get; }
    [Slot(37)] private partial Map<(ulong Net, Address Hotkey), ulong> Gates { get; }

    /// <summary>Deposits of challenges that nobody has answered yet.</summary>
    public Amount Held => Deposits.GetOr(Amount.Zero);

    /// <summary>Challenges by the block at whose start they are lost to the challenged.</summary>
    public Schedule<ulong> Schedule => Ending;

    public bool TryGetRoot(ulong net, ulong uid, out EvidenceRecord evidence) => Roots.TryGet((net, uid), out evidence);

    public void SaveRoot(ulong net, ulong uid, in EvidenceRecord evidence) => Roots[(net, uid)] = evidence;

    public ChallengeRecord Get(ulong id)
    {
        Require(Challenges.TryGet(id, out ChallengeRecord challenge), new UnknownChallenge(id));
        return challenge;
    }

    /// <summary>The challenge that a validator has to answer now; 0 for none.</summary>
    public ulong OpenOf(ulong net, Address hotkey) => Open[(net, hotkey)];

    public ulong Add(in ChallengeRecord challenge)
    {
        ulong id = Ids.Next();
        Challenges[id] = challenge;
        Open[(challenge.Netuid, challenge.Validator)] = id;
        Ending.Add(challenge.EndsAt, id);
        Deposits.Value = Held + challenge.Deposit;
        return id;
    }

    /// <summary>Ends a challenge; false when it has ended already.</summary>
    public bool TryEnd(ulong id, out ChallengeRecord challenge)
    {
        if (!Challenges.TryGet(id, out challenge)) return false;
        Challenges.Remove(id);
        Open.Remove((challenge.Netuid, challenge.Validator));
        Deposits.Value = Held - challenge.Deposit;
        return true;
    }

    /// <summary>A validator's word counts for nothing in the epoch that comes.</summary>
    public void Silence(ulong net, Address hotkey, ulong epoch) => Silenced[(net, hotkey)] = epoch + 1;

    public bool IsSilenced(ulong net, Address hotkey, ulong epoch) => Silenced[(net, hotkey)] == epoch + 1;

    /// <summary>A miner's incentive is taken in the epoch that comes.</summary>
    public void Gate(ulong net, Address hotkey, ulong epoch) => Gates[(net, hotkey)] = epoch + 1;

    public bool IsGated(ulong net, Address hotkey, ulong epoch) => Gates[(net, hotkey)] == epoch + 1;

    /// <summary>Forgets what a dissolved subnet knew of a place. Its open challenge ends by itself.</summary>
    public void Forget(ulong net, ulong uid, Address hotkey)
    {
        Roots.Remove((net, uid));
        Silenced.Remove((net, hotkey));
        Gates.Remove((net, hotkey));
    }

    /// <summary>A gate follows who exchanges its hotkey.</summary>
    public void Rename(ulong net, Address hotkey, Address next)
    {
        if (Gates[(net, hotkey)] == 0) return;
        Gates[(net, next)] = Gates[(net, hotkey)];
        Gates.Remove((net, hotkey));
    }
}
