using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Client;
using DePinChain.Client.Files;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using DePinChain.Providers.Sealing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using BadRequest = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace DePinChain.Providers.Files;

/// <summary>What clients reach: terms, uploads that can be gone on with, chunks with their paths, wishes for longer deals.</summary>
internal sealed class AgentServer : IAsyncDisposable
{
    private const int ConnectionsMax = 512;
    private const int SmallBodyMax = 4_096;

    // A client that sends slower than this holds a connection for nothing.
    private static readonly MinDataRate UploadRate = new(16 << 10, TimeSpan.FromSeconds(10));

    private readonly WebApplication _application;
    private readonly AgentSettings _settings;
    private readonly StorageChain _chain;
    private readonly DealBook _book;
    private readonly PieceStore _store;
    private readonly RetrievalDesk _desk;
    private readonly DutyRound _duties;
    private readonly UnsealDesk _cold;
    private readonly ProgramLog _log;

    public AgentServer(
        AgentHome home, AgentSettings settings, StorageChain chain, DealBook book, PieceStore store, RetrievalDesk desk, DutyRound duties,
        UnsealDesk cold, ProgramLog log)
    {
        (_settings, _chain, _book, _store, _desk, _duties, _cold, _log) = (settings, chain, book, store, desk, duties, cold, log);
        _application = Build(home, settings);
        Route(_application);
    }

    /// <summary>Where it listens; known after <see cref="StartAsync"/>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            await _application.StartAsync(cancellation);
        }
        catch (IOException taken)
        {
            throw new ExitException(
                ExitException.LocalState, $"{_settings.Host}:{_settings.Port} cannot be listened on ({taken.Message}); " +
                "end what uses it, or change port in provider.json.");
        }

        IServerAddressesFeature? addresses = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        if (addresses?.Addresses.FirstOrDefault() is { } first) Address = new Uri(first);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static WebApplication Build(AgentHome home, AgentSettings settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxRequestBodySize = SmallBodyMax;
            kestrel.Limits.MinRequestBodyDataRate = UploadRate;
            kestrel.Listen(IPAddress.Parse(settings.Host), settings.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                if (settings.Certificate is not { } file) return;
                string path = Path.Combine(home.Path, file);
                listen.UseHttps(X509Certificate2.CreateFromPemFile(path, path));
            });
        });
        return builder.Build();
    }

    private void Route(WebApplication application)
    {
        application.Use(GuardAsync);
        application.MapGet("/v1/terms", TermsAsync);
        application.MapGet(
            "/v1/uploads/{cid}",
            context => AnswerAsync(context, _store.StateOf(PieceIn(context)), ProviderJson.Default.UploadState));
        application.MapPut("/v1/uploads/{cid}", ReceiveAsync);
        application.MapGet("/v1/pieces/{cid}/chunks/{chunk}", ServeAsync);
        application.MapPost("/v1/vouchers", PaidAsync);
        application.MapPost("/v1/extensions", ExtendAsync);
        application.MapGet("/v1/status", StatusAsync);
    }

    // What is refused, and what goes wrong here, is told in the same words everywhere; nothing of it ends the process.
    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false })
                await RefuseAsync(context, 404, new ProviderRefusal("NotFound", "there is nothing at this address", Hint: "ask /v1/terms"));
        }
        catch (UploadRefusedException refused)
        {
            int status = refused.Refusal.Error switch
            {
                "VoucherNeeded" or "VoucherTooLow" or "ChannelRefused" => 402,
                "Unsealing" => 503,
                _ => 409,
            };
            await RefuseAsync(context, status, refused.Refusal);
        }
        catch (PieceLostException lost)
        {
            await RefuseAsync(context, 410, new ProviderRefusal("PieceLost", lost.Message, Hint: "fetch it from another provider"));
        }
        catch (NodeUnreachableException unreachable)
        {
            await RefuseAsync(context, 503, new ProviderRefusal(
                "NodeUnreachable", "the provider's node does not answer", Hint: "try again in a minute"));
            _log.Warn(unreachable.Message);
        }
        catch (NodeRefusedException refused)
        {
            await RefuseAsync(context, 409, new ProviderRefusal("RefusedByChain", _chain.Words(refused)));
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or BadRequest)
        {
            await RefuseAsync(context, 507, new ProviderRefusal("DiskOrConnection", "the provider could not write or read it",
                Had: trouble.Message, Hint: "go on from where the upload stands"));
            if (trouble is not BadRequest) _log.Warn($"disk or connection: {trouble.Message}");
        }
    }

    private Task TermsAsync(HttpContext context)
    {
        ulong free = _store.FreeBytes;
        var terms = new ProviderTerms(
            _book.ProviderId, _chain.ChainId, free, _settings.PieceMax, !_duties.Maintenance && free > 0,
            Asking.PerMiB(_settings).ToString(CultureInfo.InvariantCulture), _chain.Agent.ToString());
        return AnswerAsync(context, terms, ProviderJson.Default.ProviderTerms);
    }

    // A byte is taken only for a deal of this provider that waits for it, from its client: quota and price are agreed before it comes.
    private async Task ReceiveAsync(HttpContext context)
    {
        PieceCid piece = PieceIn(context);
        ulong deal = NumberIn(context, context.Request.Headers[ProviderLink.DealHeader], ProviderLink.DealHeader);
        ulong offset = NumberIn(context, context.Request.Query["offset"], "offset");
        KeptDeal? known = _book.Find(deal) is { State: DealStanding.Published } kept ? kept
            : await _book.RefreshAsync(deal, context.RequestAborted);
        if (known is null || known.Piece != piece || _book.Find(deal) is null)
            throw new UploadRefusedException("DealForOtherPiece", $"deal {deal} is not for this piece at this provider");
        if (known.State is not (DealStanding.Published or DealStanding.Active))
        {
            throw new UploadRefusedException(
                "DealNotAgreed", $"deal {deal} does not wait for data", "Published", known.State.ToString(),
                known.State == DealStanding.Proposed ? "the provider has not accepted it yet; ask again in a moment" : null);
        }

        RequireSignature(context, deal, piece, known.Client);
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = (long)piece.RawSize;
        UploadState state = await _store.ReceiveAsync(piece, offset, context.Request.Body, context.RequestAborted);
        if (state.Complete) _log.Tell("received", ("deal", deal), ("piece", piece), ("bytes", piece.RawSize));
        await AnswerAsync(context, state, ProviderJson.Default.UploadState);
    }

    private void RequireSignature(HttpContext context, ulong deal, in PieceCid piece, Address client)
    {
        Hash256 digest = StorageSigning.UploadDigest(_chain.ChainId, _book.ProviderId, deal, piece);
        string? text = context.Request.Headers[ProviderLink.SignatureHeader];
        bool isRead = Hex.TryDecode(text, out byte[] bytes) && bytes.Length == Signature.Size;
        int recovery = isRead ? (bytes[64] >= 27 ? bytes[64] - 27 : bytes[64]) : 0;
        if (!isRead || !Secp256k1.TryRecover(digest, bytes.AsSpan(0, 64), recovery, out Address signer) || signer != client)
        {
            throw new UploadRefusedException(
                "NotTheClient", $"the upload is not signed by the client of deal {deal}", client.ToString(),
                hint: $"send {ProviderLink.SignatureHeader}: a personal_sign of the upload's text by the client");
        }
    }

    private async Task ServeAsync(HttpContext context)
    {
        PieceCid piece = PieceIn(context);
        ulong chunk = NumberIn(context, context.Request.RouteValues["chunk"]?.ToString(), "chunk");
        if (!_store.Has(piece) && !await _cold.BringAsync(piece, context.RequestAborted))
        {
            await RefuseAsync(context, 404, new ProviderRefusal("UnknownPiece", $"piece {piece} is not here"));
            return;
        }

        _cold.Touch(piece);
        if (chunk >= ChunkLayout.CountOf(piece))
            throw new UploadRefusedException("UnknownChunk", "the piece has fewer chunks", $"{ChunkLayout.CountOf(piece) - 1}", $"{chunk}");
        VoucherNote? voucher = VoucherNote.FromHeader(context.Request.Headers[VoucherNote.HeaderName]);
        await _desk.ChargeAsync(voucher, (ulong)ChunkLayout.SizeOf(piece, chunk), OriginOf(context), context.RequestAborted);
        (byte[] bytes, byte[] path) = await _store.ReadChunkAsync(piece, chunk, context.RequestAborted);
        context.Response.Headers[ProviderLink.PathHeader] = Convert.ToBase64String(path);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private async Task PaidAsync(HttpContext context)
    {
        VoucherNote? voucher = VoucherNote.FromHeader(context.Request.Headers[VoucherNote.HeaderName]);
        await _desk.ChargeAsync(voucher, bytes: 0, OriginOf(context), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // The agent is a party of the deal: with the client's signature it can extend it, when the price is what it asks.
    private async Task ExtendAsync(HttpContext context)
    {
        ExtensionWish? wish = await ReadAsync(context, ProviderJson.Default.ExtensionWish);
        if (wish is not { PricePerBlock: not null, Signature: not null } || !Hex.TryDecode(wish.Signature, out byte[] signature)
            || !UInt128.TryParse(wish.PricePerBlock, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 price))
            throw new UploadRefusedException("MalformedWish", "the wish has no deal, end, price and signature");
        KeptDeal deal = await _book.RefreshAsync(wish.DealId, context.RequestAborted);
        UInt128 ask = Asking.PerBlock(_settings, deal.Piece.PaddedSize, _chain.DayBlocks);
        if (_duties.Maintenance) throw new UploadRefusedException("Maintenance", "the provider is under maintenance and extends nothing");
        if (price < ask) throw new UploadRefusedException("PriceTooLow", "the provider asks for more", $"{ask}", $"{price}");
        await _chain.SendAsync(
            _chain.Market.Plan(
                "extendDeal", Amount.Zero, (UInt256)wish.DealId, (UInt256)wish.EndBlock, (UInt256)price, signature),
            context.RequestAborted);
        _log.Tell("extended", ("deal", wish.DealId), ("end", wish.EndBlock));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task StatusAsync(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote))
        {
            await RefuseAsync(context, 403, new ProviderRefusal("LoopbackOnly", "the status is told on the provider's own machine only"));
            return;
        }

        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter.AsStream());
        writer.WriteStartObject();
        writer.WriteNumber("providerId", _book.ProviderId);
        writer.WriteString("agent", _chain.Agent.ToString());
        writer.WriteBoolean("maintenance", _duties.Maintenance);
        writer.WriteNumber("usedBytes", _store.UsedBytes);
        writer.WriteNumber("freeBytes", _store.FreeBytes);
        writer.WriteStartArray("deals");
        foreach (KeptDeal deal in _book.All)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", deal.Id);
            writer.WriteString("state", deal.State.ToString());
            writer.WriteString("piece", deal.Piece.ToString());
            writer.WriteNumber("bytes", deal.Piece.RawSize);
            writer.WriteNumber("end", deal.End);
            writer.WriteBoolean("here", _store.Has(deal.Piece));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("duties");
        foreach (SetDuty duty in _duties.Duties)
        {
            writer.WriteStartObject();
            writer.WriteNumber("set", duty.Set);
            writer.WriteNumber("period", duty.Period);
            writer.WriteNumber("opens", duty.Opens);
            writer.WriteNumber("closes", duty.Closes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string OriginOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    private static PieceCid PieceIn(HttpContext context)
    {
        string? text = context.Request.RouteValues["cid"]?.ToString();
        return PieceCid.TryParse(text, out PieceCid piece, out string? fault) ? piece
            : throw new UploadRefusedException("MalformedCid", $"the piece CID does not parse: {fault}");
    }

    private static ulong NumberIn(HttpContext context, string? text, string name) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number
            : throw new UploadRefusedException("MalformedNumber", $"{name} is missing or no number");

    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
        }
        catch (JsonException malformed)
        {
            throw new UploadRefusedException("MalformedJson", $"the body is not the JSON that is expected: {malformed.Message}");
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, ProviderRefusal refusal)
    {
        if (context.Response.HasStarted) return Task.CompletedTask;
        context.Response.Clear();
        context.Response.StatusCode = status;
        return AnswerAsync(context, refusal, ProviderJson.Default.ProviderRefusal);
    }

    private static async Task AnswerAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
