using System.Globalization;
using DePinChain.Client.Programs;
using DePinChain.Primitives;

namespace DePinChain.Providers.Files;

/// <summary>What the provider asks for, in the chain's units.</summary>
internal static class Asking
{
    private const ulong GiB = 1UL << 30;

    /// <summary>Wei for a GiB of padded piece and a block. Rounded up, as the chain rounds an offer.</summary>
    public static UInt128 PerGiBBlock(AgentSettings settings, ulong dayBlocks) =>
        Amount.Parse(settings.PricePerGiBDay).MulDiv(1, dayBlocks, Rounding.Up).Wei;

    /// <summary>Wei for a piece and a block.</summary>
    public static UInt128 PerBlock(AgentSettings settings, ulong paddedSize, ulong dayBlocks) =>
        (UInt128)UInt256.MulDiv(PerGiBBlock(settings, dayBlocks), paddedSize, GiB, Rounding.Up);

    /// <summary>Wei for a MiB that somebody fetches.</summary>
    public static UInt128 PerMiB(AgentSettings settings) => Amount.Parse(settings.RetrievalPerMiB).Wei;

    /// <summary>The offer as the market's <c>setOffer</c> takes it; with no size it takes nothing.</summary>
    public static object?[] Offer(AgentSettings settings, ulong dayBlocks, ulong blocksMin, bool isOpen) =>
    [
        (UInt256)PerGiBBlock(settings, dayBlocks), (UInt256)128, (UInt256)(isOpen ? settings.PieceMax : 0), (UInt256)blocksMin,
        (UInt256)settings.BlocksMax, Amount.Parse(settings.CollateralMax).ToUInt256(),
    ];

    /// <summary>Looks over what a person wrote.</summary>
    /// <exception cref="ExitException">A price is no amount, or a number makes no sense.</exception>
    public static void Check(AgentSettings settings)
    {
        foreach ((string name, string text) in new[]
        {
            ("pricePerGiBDay", settings.PricePerGiBDay), ("retrievalPerMiB", settings.RetrievalPerMiB),
            ("collateralMax", settings.CollateralMax),
        })
        {
            try
            {
                _ = Amount.Parse(text);
            }
            catch (Exception trouble) when (trouble is FormatException or OverflowException)
            {
                throw new ExitException(
                    ExitException.LocalState, $"{name} in provider.json is '{text}', which is no amount of DPN such as 0.01; mend it.");
            }
        }

        if (settings.Port is < 0 or > ushort.MaxValue)
            throw new ExitException(ExitException.LocalState, string.Create(
                CultureInfo.InvariantCulture, $"port in provider.json is {settings.Port}; it must be from 0 to 65535."));
        if (settings.PieceMax < 128 || settings.Capacity == 0)
            throw new ExitException(ExitException.LocalState, "capacity and pieceMax in provider.json must be at least 1 and 128 bytes.");
    }
}
