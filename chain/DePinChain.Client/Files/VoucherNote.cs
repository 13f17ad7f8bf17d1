using System.Globalization;
using System.Text;
using System.Text.Json;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client.Files;

/// <summary>A voucher as it travels beside a request for a chunk: what the lane has paid so far.</summary>
/// <param name="Channel">The payment channel.</param>
/// <param name="Lane">The lane: one for each piece that is fetched.</param>
/// <param name="Nonce">Higher than the last one's.</param>
/// <param name="Amount">Wei, decimal.</param>
/// <param name="Signature">65 bytes in hex.</param>
public sealed record VoucherNote(ulong Channel, ulong Lane, ulong Nonce, string Amount, string Signature)
{
    /// <summary>The header it travels in.</summary>
    public const string HeaderName = "Depin-Voucher";

    /// <summary>Longest text that is read.</summary>
    public const int TextMax = 1_024;

    /// <summary>Signs a voucher.</summary>
    public static VoucherNote Sign(PrivateKey payer, ulong chainId, Address channels, ulong channel, ulong lane, ulong nonce,
        UInt128 amount)
    {
        Hash256 digest = StorageSigning.VoucherDigest(chainId, channels, channel, lane, nonce, amount);
        return new VoucherNote(
            channel, lane, nonce, amount.ToString(CultureInfo.InvariantCulture), Hex.Encode(payer.Sign(digest).ToArray()));
    }

    /// <summary>As a header's value.</summary>
    public string ToHeader() => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this, ProviderJson.Default.VoucherNote));

    /// <summary>Reads a header's value; null when it is none.</summary>
    public static VoucherNote? FromHeader(string? text)
    {
        if (text is null || text.Length > TextMax) return null;
        try
        {
            VoucherNote? note = JsonSerializer.Deserialize(
                Encoding.UTF8.GetString(Convert.FromBase64String(text)), ProviderJson.Default.VoucherNote);
            return note is { Amount: not null, Signature: not null } ? note : null;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The amount; null when it is no number of 128 bits.</summary>
    public UInt128? Wei => UInt128.TryParse(Amount, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 wei) ? wei : null;

    /// <summary>Who signed it; null when nobody can have.</summary>
    public Address? SignerOn(ulong chainId, Address channels)
    {
        if (Wei is not { } wei || !Hex.TryDecode(Signature, out byte[] bytes) || bytes.Length != Crypto.Signature.Size || bytes[64] > 28)
            return null;
        int recovery = bytes[64] >= 27 ? bytes[64] - 27 : bytes[64];
        Hash256 digest = StorageSigning.VoucherDigest(chainId, channels, Channel, Lane, Nonce, wei);
        return recovery <= 1 && Secp256k1.TryRecover(digest, bytes.AsSpan(0, 64), recovery, out Address signer) ? signer : null;
    }
}
