/**
 * Trains a model on what m3-datagen made: the per-flow model, or with --model=published that of the published m3, whose
 * own checkpoint it also reads. With the command `evaluate` it says how good a checkpoint of either is.
 *
 *   ./ns3 run "m3-train --data=data --checkpoint=model.pt --epochs=5"
 *   ./ns3 run "m3-train evaluate --data=data --checkpoint=model.pt --out=evaluation"
 *   ./ns3 run "m3-train --from=first.pt --mix=second.pt --checkpoint=model.pt"
 *   ./ns3 run "m3-train --from=model.pt --errors=other --note='for our racks' --checkpoint=rated.pt"
 *   ./ns3 run "m3-train --model=published --data=maps --checkpoint=model.pt --batch=80 --rate=3e-4"
 *   ./ns3 run "m3-train --model=published --transformer=llama.bin --perceptron=mlp.bin --checkpoint=model.pt"
 */
#include "program.h"
#include "provenance.h"

#include "ns3/evaluation-report.h"
#include "ns3/input-error.h"
#include "ns3/sample-file.h"
#include "ns3/torch-support.h"
#include "ns3/trainer.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <iostream>
#include <sstream>
#include <thread>

using namespace ns3::m3;

namespace
{

namespace po = boost::program_options;

constexpr const char* DEVICE_HELP = "cpu, cuda, or auto: cuda where there is one";

struct Options
{
    TrainOptions train;
    FlowModelShape flowShape;
    PublishedModelShape publishedShape;
    std::string model = "flow";
    std::string mix;
    double share = 0.5;
    std::string errors;
    std::string note;
    std::string transformer;
    std::string perceptron;
    uint32_t threads = std::max(1U, std::thread::hardware_concurrency());
};

struct EvaluateOptions
{
    std::string checkpoint;
    std::string data;
    std::string out;
    uint32_t every = 1;
    std::string device = "auto";
    uint32_t threads = std::max(1U, std::thread::hardware_concurrency());
};

/// Checks what the options say together. \throws InputError
void Check(const Options& options)
{
    const bool published = options.model == "published";
    if (!published && options.model != "flow")
    {
        throw InputError("--model must be flow or published, is " + options.model);
    }
    const bool converts = !options.transformer.empty() || !options.perceptron.empty();
    if (converts)
    {
        if (!published || options.transformer.empty() || options.perceptron.empty() || options.train.checkpoint.empty())
        {
            throw InputError(
                "a published checkpoint needs --model=published, --transformer, --perceptron and --checkpoint");
        }
        return;
    }
    if (!options.mix.empty())
    {
        if (published || options.train.from.empty() || options.train.checkpoint.empty() ||
            !(options.share >= 0 && options.share <= 1))
        {
            throw InputError("--mix needs --model=flow, --from, --checkpoint and a --share from 0 to 1");
        }
        return;
    }
    if (!options.errors.empty() || !options.note.empty())
    {
        if (options.train.from.empty() || options.train.checkpoint.empty() || (published && !options.errors.empty()))
        {
            throw InputError("--errors and --note need --from and --checkpoint, --errors also --model=flow");
        }
        return;
    }
    if (options.train.data.empty() || options.train.checkpoint.empty())
    {
        throw InputError("needs --data and --checkpoint; see --help");
    }
    if (options.train.batch == 0)
    {
        throw InputError("batch must be at least 1");
    }
    const FlowModelShape& flow = options.flowShape;
    const PublishedModelShape& shape = options.publishedShape;
    if (flow.width == 0 || flow.width % flow.heads != 0 || shape.width == 0 || shape.width % (2 * shape.heads) != 0 ||
        shape.hidden == 0)
    {
        throw InputError("width must be a multiple of 4, with --model=published of 8; hidden at least 1");
    }
    constexpr uint32_t DEEPEST = 32;
    if (flow.layers == 0 || flow.layers > DEEPEST || flow.perceptrons > DEEPEST)
    {
        throw InputError("layers must be 1 to " + std::to_string(DEEPEST) + ", perceptrons 0 to " +
                         std::to_string(DEEPEST));
    }
}

void StartTorch(uint32_t threads)
{
    const std::string warning = SetUpTorch(threads);
    if (!warning.empty())
    {
        std::cerr << "m3-train: " << warning << '\n';
    }
}

/// Of both, and once what they were both trained on from.
std::string DescribeMix(const std::string& one, const std::string& other, double share)
{
    std::size_t common = 0; // characters at the end
    const auto from = std::mismatch(one.rbegin(), one.rend(), other.rbegin(), other.rend());
    const std::size_t before = one.find(BEFORE, static_cast<std::size_t>(one.rend() - from.first));
    if (before != std::string::npos)
    {
        common = one.size() - before;
    }
    std::ostringstream text;
    text << share << " of (" << one.substr(0, one.size() - common) << ") and " << 1 - share << " of ("
         << other.substr(0, other.size() - common) << ")" << one.substr(one.size() - common);
    return text.str();
}

/// Prints and notes how far a model is off on networks that no training saw.
void RateOn(const std::string& data, FlowModel& model)
{
    const Evaluation evaluation = Evaluate(model, data, 1);
    for (const bool pfc : {true, false})
    {
        const HeldOutErrors errors = HeldOutErrorsOf(evaluation, pfc);
        model.SetErrorsElsewhere(pfc, errors);
        std::cout << errors.networks << " networks " << (pfc ? "with" : "without") << " PFC";
        if (errors.networks > 0)
        {
            std::cout << ": p99 by packets " << errors.truthOverEstimate.low << " to " << errors.truthOverEstimate.high
                      << " times that of the model on 95 % of them";
        }
        std::cout << '\n';
    }
}

/// Writes --from again with --note before its description.
template <typename Model>
void SaveWithNote(Model& model, const Options& options)
{
    if (!options.note.empty())
    {
        model.SetDescription(options.note + "; " + model.Description());
    }
    model.Save(options.train.checkpoint, false);
    std::cout << "written: " << options.train.checkpoint << '\n';
}

int Train(const Options& options)
{
    Check(options);
    StartTorch(options.threads);
    const bool published = options.model == "published";
    if (!options.transformer.empty())
    {
        PublishedModel::FromPublishedFiles(options.transformer, options.perceptron)
            .Save(options.train.checkpoint, false);
        std::cout << "written: " << options.train.checkpoint << '\n';
    }
    else if (!options.mix.empty())
    {
        FlowModel model(options.train.from);
        const FlowModel other(options.mix);
        model.MixWith(other, options.share);
        model.SetDescription(DescribeMix(model.Description(), other.Description(), options.share));
        model.Save(options.train.checkpoint, false);
        std::cout << "written: " << options.train.checkpoint << '\n';
    }
    else if (!options.errors.empty() || !options.note.empty())
    {
        if (published)
        {
            PublishedModel model(options.train.from);
            SaveWithNote(model, options);
        }
        else
        {
            FlowModel model(options.train.from);
            if (!options.errors.empty())
            {
                RateOn(options.errors, model);
            }
            SaveWithNote(model, options);
        }
    }
    else
    {
        published ? TrainPublishedModel(options.train, options.publishedShape, std::cout)
                  : TrainFlowModel(options.train, options.flowShape, std::cout);
    }
    return 0;
}

int EvaluateCheckpoint(const EvaluateOptions& options)
{
    if (options.data.empty() || options.checkpoint.empty() || options.every == 0)
    {
        throw InputError("evaluate needs --data, --checkpoint and an --every of at least 1; see evaluate --help");
    }
    StartTorch(options.threads);
    const auto evaluate = [&options](auto&& model)
    {
        model.UseDevice(options.device);
        return Evaluate(model, options.data, options.every);
    };
    const Evaluation evaluation = HoldsPathMaps(options.data) ? evaluate(PublishedModel(options.checkpoint))
                                                              : evaluate(FlowModel(options.checkpoint));
    PrintEvaluation(evaluation, std::cout);
    if (!options.out.empty())
    {
        WriteEvaluation(evaluation, options.out);
        std::cout << "written to " << options.out << '\n';
    }
    return 0;
}

/// Reads the options of a command. \return false if --help was asked for and printed
bool Read(int argc, char* argv[], const po::options_description& description)
{
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, description), values);
    po::notify(values);
    if (values.count("help"))
    {
        std::cout << description;
        return false;
    }
    return true;
}

int MainOfEvaluate(int argc, char* argv[])
{
    EvaluateOptions options;
    po::options_description description("Options of m3-train evaluate");
    auto add = description.add_options();
    add("help,h", "this text");
    add("checkpoint", po::value(&options.checkpoint), "of either model");
    add("data", po::value(&options.data), "folder of sample files");
    add("every",
        po::value(&options.every)->default_value(options.every),
        "take only each so many-th file; that of training's hold-out gives the networks left out");
    add("out", po::value(&options.out), "folder for the tables as CSV and JSON, and a picture");
    add("device", po::value(&options.device)->default_value(options.device), DEVICE_HELP);
    add("threads", po::value(&options.threads)->default_value(options.threads));
    return Read(argc, argv, description) ? EvaluateCheckpoint(options) : 0;
}

int MainOfTraining(int argc, char* argv[])
{
    Options options;
    TrainOptions& train = options.train;
    train.commit = ProgramCommit();
    FlowModelShape& flow = options.flowShape;
    PublishedModelShape& published = options.publishedShape;
    po::options_description description(
        "m3-train evaluate: says how good a checkpoint is, see evaluate --help\nOptions");
    auto add = description.add_options();
    add("help,h", "this text");
    add("model", po::value(&options.model)->default_value(options.model), "flow or published");
    add("data", po::value(&train.data), "folder of sample files");
    add("checkpoint", po::value(&train.checkpoint), "file to write");
    add("from", po::value(&train.from), "checkpoint to start from");
    add("mix",
        po::value(&options.mix),
        "checkpoint whose weights are mixed with those of --from; ranges are taken from it");
    add("share", po::value(&options.share)->default_value(options.share), "of --from in the mix");
    add("errors",
        po::value(&options.errors),
        "folder of sample files of networks that no training saw: writes --from again with how far it is off on them, "
        "which estimates by it then say");
    add("note", po::value(&options.note), "writes --from again with this text before what it says of itself");
    add("epochs",
        po::value(&train.epochs)->default_value(train.epochs),
        "0: only note the ranges of the data's inputs in the checkpoint");
    add("batch", po::value(&train.batch)->default_value(train.batch), "flows or paths per step");
    add("rate", po::value(&train.learningRate)->default_value(train.learningRate));
    add("width",
        po::value<uint32_t>()->notifier([&](uint32_t width) { flow.width = published.width = width; }),
        "of a token (default 64; published 576)");
    add("layers",
        po::value<uint32_t>()->notifier([&](uint32_t layers) { flow.layers = published.layers = layers; }),
        "of attention (default 1; published 4)");
    add("perceptrons",
        po::value(&flow.perceptrons)->default_value(flow.perceptrons),
        "on each hop alone, before attention; of the flow model");
    add("hidden", po::value(&published.hidden)->default_value(published.hidden), "of the published model's blocks");
    add("seed", po::value(&train.seed)->default_value(train.seed));
    add("hold-out",
        po::value(&train.holdOutEvery)->default_value(train.holdOutEvery),
        "keep every so many-th network for validation, 0 for none");
    add("device", po::value(&train.device)->default_value(train.device), DEVICE_HELP);
    add("threads", po::value(&options.threads)->default_value(options.threads));
    add("transformer", po::value(&options.transformer), "published checkpoint to convert");
    add("perceptron", po::value(&options.perceptron), "its second file");
    return Read(argc, argv, description) ? Train(options) : 0;
}

} // namespace

int main(int argc, char* argv[])
{
    return RunProgram("m3-train",
                      [&]
                      {
                          const std::string command = argc > 1 && argv[1][0] != '-' ? argv[1] : "";
                          if (!command.empty() && command != "evaluate")
                          {
                              throw InputError("unknown command '" + command + "'; there is evaluate");
                          }
                          return command.empty() ? MainOfTraining(argc, argv) : MainOfEvaluate(argc - 1, argv + 1);
                      });
}
