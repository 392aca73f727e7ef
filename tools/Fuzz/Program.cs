using System.Diagnostics;
using System.Globalization;
using Salon.Fuzz;

// Feeds the parsers what no client would send: dotnet run -c Release --project tools/Fuzz -- [seconds a parser, 60] [name of a parser] [seed]
// What behaves in a way not seen before joins the corpus (tools/Fuzz/corpus), from which the next run begins. Ends with 1 at the first
// input that breaks a rule, which it writes down.
var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
var targets = Target.All.Where(target => args.Length < 2 || target.Name == args[1]).ToArray();
var seed = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : Environment.TickCount;

if (targets.Length == 0)
{
    Console.Error.WriteLine($"There is no parser \"{args[1]}\"; there are {string.Join(", ", Target.All.Select(static target => target.Name))}.");
    return 2;
}

var folder = Path.Combine(FindRepository(), "tools", "Fuzz", "corpus");
Console.WriteLine($"seed {seed}");

foreach (var target in targets)
{
    var corpus = Corpus.Load(folder, target);
    var mutator = new Mutator(corpus, new Random(seed));
    var clock = Stopwatch.StartNew();
    var (tried, largest) = (0L, 0L);

    while (clock.Elapsed < TimeSpan.FromSeconds(seconds))
    {
        var input = tried < corpus.Count ? corpus[(int)tried] : mutator.Next();
        tried++;
        var before = GC.GetAllocatedBytesForCurrentThread();

        try
        {
            var behaviour = target.Run(input);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            largest = Math.Max(largest, allocated);

            if (allocated > Target.MaxBytes(input.Length))
            {
                throw new InvalidOperationException($"{input.Length} bytes of input cost {allocated} bytes of memory.");
            }

            corpus.Offer(input, behaviour);
        }
        catch (Exception exception)
        {
            Console.WriteLine($"{target.Name}: {exception}\nThe input, as base64: {Convert.ToBase64String(input)}");
            return 1;
        }
    }

    corpus.Save();
    Console.WriteLine($"{target.Name}: {tried:N0} inputs, {corpus.Count} in the corpus, at most {largest:N0} bytes of memory for one");
}

return 0;

static string FindRepository()
{
    var folder = AppContext.BaseDirectory;

    while (!File.Exists(Path.Combine(folder, "Salon.slnx")))
    {
        folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Not in Salon's repository.");
    }

    return folder;
}
