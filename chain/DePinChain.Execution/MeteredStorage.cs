using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>The records of all modules over one overlay, priced by the gas schedule or in units.</summary>
internal sealed class MeteredStorage(StateOverlay overlay, Meter meter, AccessSet access, Journal journal) : IModuleStorage
{
    // Bodies have no account; the zero address never holds records.
    private static readonly Address BodyOwner = Address.Zero;

    /// <inheritdoc/>
    public byte[]? Read(Address module, in Hash256 location)
    {
        bool first = access.Touch(module, location);
        meter.ChargeTouch(first, GasSchedule.Read(first));
        return overlay.FindRecord(module, location);
    }

    /// <inheritdoc/>
    public void Write(Address module, in Hash256 location, byte[]? value)
    {
        bool first = access.Touch(module, location);
        int size = value?.Length ?? 0;
        bool existed = overlay.FindRecord(module, location) is not null;
        ChargeWrite(first, existed, size);
        overlay.SetRecord(module, location, value);
    }

    /// <inheritdoc/>
    public byte[]? ReadBlob(in Hash256 hash)
    {
        bool first = access.Touch(BodyOwner, hash);
        meter.ChargeTouch(first, GasSchedule.Read(first));
        byte[]? body = overlay.FindBlob(hash);
        if (body is not null) meter.Charge(GasSchedule.BodyWord * (((ulong)body.Length + 31) / 32));
        return body;
    }

    /// <inheritdoc/>
    /// <remarks>Always priced as new: whether another leaf names the body already depends on what history a node keeps.</remarks>
    public void PutBlob(in Hash256 hash, byte[] body)
    {
        ChargeWrite(access.Touch(BodyOwner, hash), existed: false, body.Length);
        overlay.PutBlob(hash, body);
    }

    /// <inheritdoc/>
    public void ReleaseBlob(in Hash256 hash)
    {
        ChargeWrite(access.Touch(BodyOwner, hash), existed: true, size: 0);
        overlay.ReleaseBlob(hash);
    }

    /// <inheritdoc/>
    public void Establish(Address account)
    {
        meter.ChargeTouch(access.TouchAccount(account), GasSchedule.Create);
        ModuleCode.Establish(overlay, account);
    }

    /// <inheritdoc/>
    public ulong UnitsLeft => meter.UnitsLeft;

    /// <inheritdoc/>
    public int Snapshot() => journal.Snapshot();

    /// <inheritdoc/>
    public void Revert(int snapshot) => journal.Revert(snapshot);

    private void ChargeWrite(bool first, bool existed, int size)
    {
        ulong gas = GasSchedule.WriteRecord(existed, size);
        if (!meter.IsStep)
        {
            meter.Charge(gas);
            return;
        }

        // A unit is one record of a word; what it is longer counts as computation.
        ulong plain = GasSchedule.WriteRecord(existed, Math.Min(size, GasSchedule.WordBytes));
        meter.ChargeTouch(first, gas);
        meter.Charge(gas - plain);
    }
}
