// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ENGINE_H
#define M3_ENGINE_H

#include "ns3/m3-input-error.h"
#include "ns3/m3-program-options.h"
#include "ns3/m3-scenario-traits.h"
#include "ns3/m3-slowdown-report.h"

#include <cstdint>
#include <functional>
#include <future>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

class EstimateShare;
class FabricGraph;
class Scenario;
struct FluidRun;

/// Options of an engine by name, with their values as text.
using EngineOptions = std::vector<std::pair<std::string, std::string>>;

/// \ingroup m3-engines
/// An engine has no answer for this scenario or configuration, and another engine may have one.
class NoAnswer : public InputError
{
  public:
    using InputError::InputError;
};

/**
 * \ingroup m3-engines
 * Thrown by an engine that answers in the place of another one and would take too long; that one then answers itself.
 */
class GivenUp : public InputError
{
  public:
    using InputError::InputError;
};

/// \ingroup m3-engines
/// Completion times of a flow, ns after its start; NaN for a flow that did not finish.
struct CompletionTime
{
    double receiverNs; //!< last byte at the receiver: the FCT of reports
    double senderNs;   //!< last ACK at the sender
    /// When it started where flows wait for others, ns; NaN: at its startNs.
    double startNs = std::numeric_limits<double>::quiet_NaN();
};

/// \ingroup m3-engines
/// A question about a scenario, the same for every engine.
struct Question
{
    SizeClasses sizeClasses; //!< Size classes of the report; SizeClasses::AreValid().
    /// Seed of all drawing. A run of ns-3 (--RngRun, RngSeedManager::SetRun) shifts it, and that of the configuration.
    uint64_t seed = 1;
    /// Number of threads that share the work of engines that use threads, at most 4096; 0: one per processor. Answers
    /// do not depend on it.
    uint32_t threads = 0;
    /// Completion times are the medians of predicted distributions instead of draws. A median is the best guess for a
    /// single flow, but the tail of all medians is too short.
    bool medianFcts = false;
    /// An engine keeps its run of flowSim for the next question about the same flows with the same header bytes. That
    /// takes 100 bytes per flow, and its route.
    bool keepFluidRun = false;
    /// The answer stands beside that of packets: m3 asks its model also of small scenarios.
    bool besidePackets = false;
    /// The report says what happened at each link and where the slowest flows were delayed (SlowdownReport::links).
    /// Engines keep these sums only where asked.
    bool links = false;
    /// Labels by which the report has slowdowns (SlowdownReport::byLabel): words of LabelWords().
    std::vector<std::string> by;
    /// Labels of one's own, of all flows of the scenario.
    std::vector<FlowLabels> labels;
    /// Processes that share the work; only rank 0 gets a filled report. Null: this process does all of it.
    EstimateShare* share = nullptr;
    /// Called from time to time; may be empty.
    std::function<void(uint64_t done, uint64_t total)> progress;
    /// Asked after each part of the work by engines that can answer from what is done (Engine::CanStop); true: answer
    /// now. May be empty. Not asked where processes share the work.
    std::function<bool()> stop;

    /// Returns whether `stop` says to answer now.
    bool IsToStop() const
    {
        return !share && stop && stop();
    }

    /// Returns whether slowdowns by label are asked for.
    bool AsksByLabel() const
    {
        return !by.empty() || !labels.empty();
    }
};

/// Returns the words that Question::by may have, as in "rack-pair, pod-pair, class": those of flow-labels.h.
std::string LabelWords();

/// \ingroup m3-engines
/// Role of an engine in programs, which name no engine themselves. One engine has each role but NONE.
enum class EngineRole
{
    NONE,     //!< It runs where it is asked for by name.
    TRUTH,    //!< The others are compared with it.
    BASELINE, //!< A model without parameters; the errors of others are set against its errors.
    ESTIMATE  //!< It answers where no engine is named.
};

/// \ingroup m3-engines
/// When the passes end in which an engine answers for flows that wait for others.
struct PassLimits
{
    uint64_t maxPasses = 8;   //!< At least 1.
    double tolerance = 0.005; //!< Mean change of completion times by a pass, relative to their mean, from 0 to 1.
};

/// \ingroup m3-engines
/// Description of an engine.
struct EngineInfo
{
    std::string name; //!< Short and unique: "packet".
    std::string text; //!< What it does, a clause for readers of reports.
    /// Traits of a scenario that it takes into account; its report has a note on the others, and scenarios with flows
    /// that wait for others (Trait::DEPENDENCIES) are refused unless they are here or in `partly`.
    TraitSet takes;
    /// Traits among the others that it takes into account in part. With Trait::DEPENDENCIES it answers in passes, for
    /// which it must give completion times per flow, and draw them by ScheduledFlows::numbers.
    TraitSet partly;
    /// Whether a trained model answers. Its report has intervals; they are withheld where the scenario has a trait that
    /// the engine does not take into account, or is outside of the training data.
    bool isTrained = false;
    bool usesThreads = false; //!< Whether Question::threads share its work.
    /// Name of the engine that this one is a variant of; "" if it is none. Answers of a family are kept together.
    std::string family = {};
    /// Options that a variant fixes.
    EngineOptions fixed = {};
    EngineRole role = EngineRole::NONE; //!< Its role in programs.
    /// Name and value of an option that once selected this engine in the place of its family, and that programs still
    /// read; empty: none.
    std::pair<std::string, std::string> formerOption = {};
    /// A clause that says why it refuses flows that wait for others, where it does; "" says that it needs all starts.
    std::string whyNoTasks = {};
};

class Engine;

/// \ingroup m3-engines
/// An engine that answers in the place of another one.
struct Substitute
{
    Engine* engine = nullptr; //!< of the engine that it stands in for, or null
    std::string why = {};     //!< a note of the report
};

/**
 * An engine: a scenario goes in, a report comes out. To add one, derive from this class and register it:
 *
 * \code
 *   class Ideal : public Engine
 *   {
 *     public:
 *       using Engine::Engine;
 *
 *     private:
 *       SlowdownReport DoRun(const Scenario& scenario, const Question& question) override
 *       {
 *           SlowdownReport report(Info().name, question.sizeClasses);
 *           for (const Flow& flow : scenario.Flows())
 *           {
 *               report.Add(question.sizeClasses.ClassOf(flow.sizeBytes), 1);
 *           }
 *           report.Finish();
 *           return report;
 *       }
 *   };
 *
 *   RegisterEngine(MakeEngineEntry<Ideal>({"ideal", "every flow on an idle network", {}, {}}));
 * \endcode
 *
 * Its options are added in its constructor (AddOption). An engine keeps what its next run can use again, such as a
 * loaded model. It is used by one thread at a time.
 *
 * \ingroup m3
 */
class Engine
{
  public:
    explicit Engine(EngineInfo info); //!< \param info description of the engine
    virtual ~Engine();
    Engine(const Engine&) = delete; //!< options are bound to members
    Engine& operator=(const Engine&) = delete;

    /// Returns its description.
    const EngineInfo& Info() const
    {
        return m_info;
    }

    /// Returns its options with texts, ranges and defaults, including those that a variant fixes.
    const ProgramOptions& Options() const
    {
        return m_options;
    }

    /// Returns whether it has an option that can be set.
    bool Has(const std::string& option) const;

    /// Sets an option. \throws InputError for an unknown one, or a value out of its range
    void Set(const std::string& option, const std::string& text);

    /// Refuses what Run would refuse, without running, and loads what it needs. \throws InputError as Run; NoAnswer
    /// where flows wait for others and the engine does not take such schedules
    void Prepare(const Scenario& scenario, const Question& question);

    /**
     * Answers a question. Where flows wait for others and the engine needs their starts beforehand, it answers in
     * passes (engines/passes.h): the report says how many, has the completion times of groups and no intervals, and the
     * slowdowns are those with the starts of the last pass.
     * Where Question::links or labels ask for it, the report says what happened where; a line says what the engine does
     * not know of it.
     * The report has a note for every trait of the scenario that the engine does not take into
     * account. The report of a trained engine also has a note for what is outside of its training data: single inputs,
     * and the traffic as a whole. A report with such a note has no intervals.
     * \throws InputError for a question out of its ranges, and for a scenario that the engine cannot answer for
     */
    SlowdownReport Run(const Scenario& scenario, const Question& question);

    /// Returns the completion times of all flows. A trained engine and Parsimon draw them from distributions with the
    /// seed of the question: right for all flows together, not for a single one. \throws InputError as Run, and unless
    /// GivesPerFlow()
    std::vector<CompletionTime> RunPerFlow(const Scenario& scenario, const Question& question);

    /**
     * Says how long some flows take, for whoever needs to know of few of many: ns from the start to the last byte,
     * drawn from the distributions of RunPerFlow. What is drawn for a flow does not depend on the others asked for.
     * \param run of flowSim over the flows of the scenario \param flows ascending indices
     * \return one value per flow that was asked for \throws InputError as Run, and unless GivesFctsOf()
     */
    virtual std::vector<double>
    FctsOf(const Scenario& scenario, const Question& question, const FluidRun& run, const std::vector<uint32_t>& flows);

    /**
     * Answers for several scenarios that differ in their configuration. Engines share work between them, and need not
     * reach a target error. Where Question::stop says so, no further scenario begins. \param done gets each report and
     * the index of its scenario, not always in order \throws InputError as Run, before the first report for what is
     * wrong with a scenario
     */
    virtual void RunEach(const std::vector<const Scenario*>& scenarios,
                         const Question& question,
                         const std::function<void(std::size_t index, const SlowdownReport& report)>& done);

    virtual bool GivesFctsOf() const;  //!< Returns whether FctsOf() is possible.
    virtual bool GivesPerFlow() const; //!< Returns whether RunPerFlow() is possible with its options.
    virtual bool CanShare() const;     //!< Returns whether processes can share its work with its options.
    virtual bool CanStop() const;      //!< Returns whether Run() asks Question::stop.

    /// Begins to load what takes long on another thread. \return to be kept until Prepare(); its destructor waits
    virtual std::future<void> LoadAhead() const;

    /// Returns the options that the answer for a number of flows on a network depends on, with their values. Choices
    /// that are left to the engine are made.
    virtual EngineOptions Choices(const FabricGraph& fabric, uint64_t flows) const;

  protected:
    /// Adds an option. \param target holds its default, then its value
    template <typename Target, typename Kind>
    void AddOption(const std::string& name, const std::string& text, Target& target, const Kind& kind)
    {
        m_options.Add(name, text, target, kind);
    }

    /// Adds an option whose value is passed to a function. \param placeholder stands for the value in --help
    void AddOption(const std::string& name,
                   const std::string& text,
                   const std::string& placeholder,
                   const std::string& defaultText,
                   const std::function<void(const std::string& value)>& read);

    /// Adds the options "max-passes" and "pass-tolerance", for engines that answer in passes.
    void AddPassOptions();

    /// Adds a note for each trait of the scenario that the engine does not take into account, and for traffic outside
    /// of its training data; intervals are then withheld.
    void AddScenarioNotes(const Scenario& scenario, const Question& question, SlowdownReport& report) const;

  private:
    virtual void DoPrepare(const Scenario& scenario, const Question& question);
    /// Returns an engine that answers in the place of this one, and a note that says why; without an engine where this
    /// one answers itself.
    virtual Substitute SubstituteFor(const Scenario& scenario, const Question& question);
    SlowdownReport RunItself(const Scenario& scenario, const Question& question);
    virtual SlowdownReport DoRun(const Scenario& scenario, const Question& question) = 0;
    virtual std::vector<CompletionTime> DoRunPerFlow(const Scenario& scenario, const Question& question);
    /// Answers as DoRun() and DoRunPerFlow() with one run, where that takes both; `report` may be left empty, and
    /// DoRun() then makes it.
    virtual std::vector<CompletionTime>
    DoRunBoth(const Scenario& scenario, const Question& question, std::optional<SlowdownReport>& report);
    /// Completes a report whose notes on the scenario and time are there.
    virtual void DoComplete(const Scenario& scenario, const Question& question, SlowdownReport& report);

    /// Whether a list has groups that the engine tells the times of only as those of the FCTs of single flows.
    bool HasGroupsOfList(const Scenario& scenario, const Question& question) const;
    SlowdownReport RunByPasses(const Scenario& scenario, const Question& question);
    SlowdownReport RunWithTimes(const Scenario& scenario, const Question& question);
    void AddWhere(const Scenario& scenario,
                  const Question& question,
                  const std::vector<CompletionTime>& times,
                  SlowdownReport& report) const;

    EngineInfo m_info;
    ProgramOptions m_options;
    PassLimits m_passLimits;
};

/// \ingroup m3-engines
/// The registration of an engine.
struct EngineEntry
{
    EngineInfo info;                                                     //!< its description
    std::function<std::unique_ptr<Engine>(const EngineInfo& info)> make; //!< makes an engine
};

/// Returns the registration of a class whose constructor takes an EngineInfo.
template <typename Type>
EngineEntry MakeEngineEntry(EngineInfo info)
{
    return {std::move(info), [](const EngineInfo& of) { return std::make_unique<Type>(of); }};
}

/// Registers an engine under its name for this process. To be called while no other thread makes engines.
/// \throws InputError for an empty name, a name that is taken, and a role, which engines of the module have
void RegisterEngine(EngineEntry entry);

/// Returns all engines in the order of registration; those of the module come first.
std::vector<EngineInfo> RegisteredEngines();

/// Returns the names of all engines, as in "packet, flowsim".
std::string EngineNames();

/// Returns the description of an engine. \throws InputError that lists the engines
EngineInfo FindEngine(const std::string& name);

/// Returns the name of the engine with a role other than NONE.
std::string EngineOfRole(EngineRole role);

/// Returns the names of the engines that have a role, as in "packet,flowsim": those that programs compare by default.
std::string EnginesWithRoles();

/// Makes an engine. \throws InputError that lists the engines
std::unique_ptr<Engine> MakeEngine(const std::string& name);

/**
 * Adds the options of all registered engines to a program; options of the same name are added once.
 * \param defaults of the program, which replace those of the engines
 * \param set called with each option that is given, to pass it to EngineSet::Set, which throws for a wrong value
 */
void AddEngineOptions(ProgramOptions& program,
                      const EngineOptions& defaults,
                      const std::function<void(const std::string& option, const std::string& text)>& set);

/// \ingroup m3-engines
/// Engines by name, each made when it is first asked for. An option is set in all engines that have it.
class EngineSet
{
  public:
    /// Returns an engine, the same for each call. \throws InputError that lists the engines
    Engine& Get(const std::string& name);

    /// Sets an option of all registered engines that have it. \throws InputError as Engine::Set
    void Set(const std::string& option, const std::string& text);

  private:
    EngineOptions m_options;
    std::map<std::string, std::unique_ptr<Engine>> m_engines;
};

} // namespace ns3::m3

#endif // M3_ENGINE_H
