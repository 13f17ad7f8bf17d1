using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DePinChain.Client.Containers;
using DePinChain.Client.Files;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>A verifier's end of a measuring against a provider that means it harm.</summary>
public sealed class DeviceLinkTests
{
    private const int Offered = 256 << 20;

    [TestCase("503 Busy", "HTTP 503")]
    [TestCase("200 OK", null)]
    public async Task An_answer_without_an_end_is_read_to_its_bound_and_no_further(string status, string? refusal)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<long> sent = OfferAsync(listener, status);
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using (var link = new DeviceLink($"https://127.0.0.1:{port}", 1, Address.FromLow(7), TimeSpan.FromSeconds(60)))
        {
            if (refusal is null) await link.PingAsync(default);
            else
            {
                ProviderUnreachableException? why = await Assert.ThrowsAsync<ProviderUnreachableException>(() => link.PingAsync(default));
                Assert.That(why!.Message, Does.Contain(refusal));
            }
        }

        // What lies in the buffers of the way is not read either: a mebibyte is, of 256 that were offered.
        Assert.That(await sent, Is.LessThan(Offered / 4));
    }

    // Bytes that went out until the other end had had enough.
    private static async Task<long> OfferAsync(TcpListener listener, string status)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = new CertificateRequest("CN=device", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using X509Certificate2 shown = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        using TcpClient client = await listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(shown);
        byte[] request = new byte[4096];
        await stream.ReadAtLeastAsync(request, 1);
        long sent = 0;
        try
        {
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Offered}\r\n\r\n{{\"error\":\""));
            byte[] block = new byte[64 << 10];
            block.AsSpan().Fill((byte)'a');
            for (; sent < Offered - block.Length; sent += block.Length) await stream.WriteAsync(block);
        }
        catch (IOException)
        {
            // The other end has closed.
        }

        return sent;
    }
}
