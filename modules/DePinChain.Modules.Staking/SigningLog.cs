using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>Which seats sealed the last blocks, and who has missed too many.</summary>
[ModulePart]
internal sealed partial class SigningLog(ModuleState state)
{
    [Slot(60)] private partial Map<Address, SigningRecord> Records { get; }

    public bool TryGet(Address validator, out SigningRecord record) => Records.TryGet(validator, out record);

    /// <summary>Starts anew: at the next seat, or after jail.</summary>
    public void Clear(Address validator) => Records.Remove(validator);

    /// <summary>Notes whether a seat sealed a block. Writes only when its bit flips, and once when it is seen first.</summary>
    /// <returns>True when it missed more of a full window than it may.</returns>
    public bool Mark(Address validator, ulong height, bool isSealed, in StakingParameters parameters)
    {
        bool known = Records.TryGet(validator, out SigningRecord record);
        if (!known) record = new SigningRecord(height, 0, []);
        var window = new SigningWindow(parameters.LivenessWindow, record.Bits);

        // Governance changed the window: count from here.
        if (record.Bits.Length > 0 && record.Bits.Length != window.Bits.Length) record = new SigningRecord(height, 0, []);

        int change = window.Mark(height, missed: !isSealed);
        if (change != 0) record = record with { Missed = change > 0 ? record.Missed + 1 : record.Missed - 1, Bits = window.Bits };
        if (change != 0 || !known) Records[validator] = record;
        return record.Missed > parameters.MissedMax && height >= record.Since + parameters.LivenessWindow;
    }
}
