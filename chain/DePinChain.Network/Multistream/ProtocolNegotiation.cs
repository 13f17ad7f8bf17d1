using System.Text;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Multistream;

/// <summary>multistream-select 1.0.0: which protocol is spoken on a stream.</summary>
/// <remarks>
/// Every message is a varint length, a text and a line feed; lines are at most 1 KiB. Nothing is read beyond a line, because what follows
/// belongs to the protocol.
/// </remarks>
public static class ProtocolNegotiation
{
    private const string Header = "/multistream/1.0.0";
    private const string NotAvailable = "na";
    private const int LineMax = 1024;

    // A peer that tries more names than this is guessing.
    private const int ProposalsMax = 16;

    /// <summary>Proposes the protocols in turn and returns the one that the other side speaks.</summary>
    /// <exception cref="WireException">It speaks none of them, or breaks the protocol.</exception>
    public static async Task<string> SelectAsync(Stream stream, IReadOnlyList<string> protocols, CancellationToken cancellation)
    {
        // Header and first proposal go in one piece; that saves a round trip.
        await stream.WriteAsync((byte[])[.. Line(Header), .. Line(protocols[0])], cancellation);
        await ExpectHeaderAsync(stream, cancellation);
        for (int index = 0; index < protocols.Count; index++)
        {
            if (index > 0) await stream.WriteAsync(Line(protocols[index]), cancellation);
            string answer = await ReadLineAsync(stream, cancellation);
            if (answer == protocols[index]) return answer;
            if (answer != NotAvailable) throw new WireException("a peer answered a proposal of a protocol with something else");
        }

        throw new WireException($"the peer does not speak {string.Join(" or ", protocols)}");
    }

    /// <summary>Answers proposals until one is spoken here.</summary>
    /// <exception cref="WireException">None is, or the other side breaks the protocol.</exception>
    public static async Task<string> AnswerAsync(Stream stream, Func<string, bool> isSpoken, CancellationToken cancellation)
    {
        await stream.WriteAsync(Line(Header), cancellation);
        await ExpectHeaderAsync(stream, cancellation);
        for (int proposal = 0; proposal < ProposalsMax; proposal++)
        {
            string protocol = await ReadLineAsync(stream, cancellation);
            bool spoken = isSpoken(protocol);
            await stream.WriteAsync(Line(spoken ? protocol : NotAvailable), cancellation);
            if (spoken) return protocol;
        }

        throw new WireException($"a peer proposed {ProposalsMax} protocols that are not spoken here");
    }

    internal static byte[] Line(string text)
    {
        byte[] line = Encoding.UTF8.GetBytes(text + "\n");
        return [.. UnsignedVarint.Encode((ulong)line.Length), .. line];
    }

    private static async Task ExpectHeaderAsync(Stream stream, CancellationToken cancellation)
    {
        if (await ReadLineAsync(stream, cancellation) != Header) throw new WireException($"a peer does not begin with {Header}");
    }

    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken cancellation)
    {
        byte[] line = await LengthPrefixed.ReadAsync(stream, LineMax, cancellation)
            ?? throw new WireException("a stream ended while its protocol was negotiated");
        if (line.Length == 0 || line[^1] != '\n') throw new WireException("a line of the negotiation does not end with a line feed");
        return Encoding.UTF8.GetString(line, 0, line.Length - 1);
    }
}
