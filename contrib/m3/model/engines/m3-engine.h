// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ENGINE_H
#define M3_ENGINE_H

#include "ns3/m3-program-options.h"
#include "ns3/m3-scenario-traits.h"
#include "ns3/m3-slowdown-report.h"

#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

class EstimateShare;
class FabricGraph;
class Scenario;

/// Options of an engine by name, with their values as text.
using EngineOptions = std::vector<std::pair<std::string, std::string>>;

/// \ingroup m3-engines
/// When a flow was done, ns after its start; NaN for one that did not finish.
struct CompletionTime
{
    double receiverNs; //!< its last byte is there: the FCT of reports
    double senderNs;   //!< the last ACK is back
};

/// \ingroup m3-engines
/// What is asked about a scenario, the same for every engine.
struct Question
{
    SizeClasses sizeClasses; //!< Size classes of the report; SizeClasses::AreValid().
    /// Seed of all drawing. A run of ns-3 (--RngRun, RngSeedManager::SetRun) shifts it, and that of the configuration.
    uint64_t seed = 1;
    /// Number of threads that share the work of engines that use threads, at most 4096; 0: one per processor. Answers
    /// do not depend on it.
    uint32_t threads = 0;
    /// Number of parts of the trace on which an engine that estimates is compared with packets (Engine::Check); its
    /// report has the errors of p50 and p99 among its notes. 0: none.
    uint32_t check = 0;
    /// Completion times are the medians of predicted distributions instead of draws: the best guess for the single
    /// flow, but the tail of all of them is too short.
    bool medianFcts = false;
    /// An engine keeps its run of flowSim for the next question about the same flows with the same header bytes: 100
    /// bytes and the route of each flow.
    bool keepFluidRun = false;
    /// Processes that share the work, of which only rank 0 gets a report that is filled; null: this one alone.
    EstimateShare* share = nullptr;
    /// Is called now and then; may be empty.
    std::function<void(uint64_t done, uint64_t total)> progress;
};

/// \ingroup m3-engines
/// What an engine is.
struct EngineInfo
{
    std::string name; //!< Short and unique: "packet".
    std::string text; //!< What it does, a clause for readers of reports.
    TraitSet takes;   //!< What it takes into account of a scenario; its report has a note on the rest.
    TraitSet partly;  //!< Traits of the rest that it takes into account in part.
    /// A trained model answers: it has intervals, which are withheld where the scenario has what the engine does not
    /// take into account or the training did not have.
    bool isTrained = false;
    bool usesThreads = false; //!< Question::threads share its work.
    /// Engine whose answers its own are kept among, "" for its own name. A variant is another engine of the same kind.
    std::string family;
    /// Options that a variant fixes.
    EngineOptions fixed;
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
 *   RegisterEngine(MakeEngineEntry<Ideal>({"ideal", "every flow as if it were alone", {}, {}}));
 * \endcode
 *
 * Its options are added in its constructor (AddOption). An engine keeps what serves its next run, such as a model that
 * it has loaded. It is used by one thread at a time.
 *
 * \ingroup m3
 */
class Engine
{
  public:
    static constexpr uint32_t PART_FLOWS = 20'000; //!< Number of flows of a part of a trace in Check().

    explicit Engine(EngineInfo info); //!< \param info what the engine says of itself
    virtual ~Engine();
    Engine(const Engine&) = delete; //!< options are bound to members
    Engine& operator=(const Engine&) = delete;

    /// What it is.
    const EngineInfo& Info() const
    {
        return m_info;
    }

    /// Its options with texts, ranges and defaults, also those that a variant fixes.
    const ProgramOptions& Options() const
    {
        return m_options;
    }

    /// Whether it has an option that can be set.
    bool Has(const std::string& option) const;

    /// Sets an option. \throws InputError for an unknown one, or a value out of its range
    void Set(const std::string& option, const std::string& text);

    /// Throws what Run would refuse, without running, and loads what it needs. \throws InputError as Run
    void Prepare(const Scenario& scenario, const Question& question);

    /**
     * Answers. The report has a note for everything of the scenario that the engine leaves out and, from a trained
     * one, for all that is outside of its training: single inputs, and the traffic as a whole. Where there is such a
     * note it has no intervals.
     * \throws InputError for a question out of its ranges, and for what the engine cannot answer
     */
    SlowdownReport Run(const Scenario& scenario, const Question& question);

    /// Says when every flow is done. A trained engine and Parsimon draw each time from a distribution with the seed of
    /// the question: right for the whole, not for the one flow. \throws InputError as Run, and unless GivesPerFlow()
    std::vector<CompletionTime> RunPerFlow(const Scenario& scenario, const Question& question);

    /**
     * Answers for several scenarios that differ in their configuration. Engines share work between them, and need not
     * meet a target error. \param done gets each report and the place of its scenario, not always in order
     * \throws InputError as Run, before the first report for what is wrong with a scenario
     */
    virtual void RunEach(const std::vector<const Scenario*>& scenarios,
                         const Question& question,
                         const std::function<void(std::size_t index, const SlowdownReport& report)>& done);

    /**
     * Compares an engine that estimates with packets on parts of the trace, as many as Question::check says: where they
     * differ, the model is off. Parts are spread evenly; each is PART_FLOWS successive flows on an empty network, of
     * which the first half only warms up the network for the rest. A trace of no more flows is one part, all of which
     * counts.
     * \return by packets, by this engine \throws InputError as Run, if the trace has no room for so many parts, if the
     * engine has no check
     */
    virtual std::vector<SlowdownReport> Check(const Scenario& scenario, const Question& question);

    virtual bool HasCheck() const;     //!< whether Check() is possible
    virtual bool GivesPerFlow() const; //!< whether RunPerFlow() is possible with its options
    virtual bool CanShare() const;     //!< whether processes can share its work with its options

    /// Begins to load what takes long on another thread. \return to keep until Prepare(): waits when it is destroyed
    virtual std::future<void> LoadAhead() const;

    /// Options that the answer depends on for so many flows on a network, with their values; what the engine decides by
    /// itself is decided.
    virtual EngineOptions Choices(const FabricGraph& fabric, uint64_t flows) const;

  protected:
    /// Adds an option. \param target keeps its value and has the default
    template <typename Target, typename Kind>
    void AddOption(const std::string& name, const std::string& text, Target& target, const Kind& kind)
    {
        m_options.Add(name, text, target, kind);
    }

    /// Adds an option whose value a function takes. \param placeholder stands for it in help
    void AddOption(const std::string& name,
                   const std::string& text,
                   const std::string& placeholder,
                   const std::string& defaultText,
                   const std::function<void(const std::string& value)>& read);

    /// Adds a note for all that the engine leaves out of the scenario or was not made for; then there are no intervals.
    void AddScenarioNotes(const Scenario& scenario, const Question& question, SlowdownReport& report) const;

  private:
    virtual void DoPrepare(const Scenario& scenario, const Question& question);
    virtual SlowdownReport DoRun(const Scenario& scenario, const Question& question) = 0;
    virtual std::vector<CompletionTime> DoRunPerFlow(const Scenario& scenario, const Question& question);
    /// Adds what comes after the notes on the scenario.
    virtual void DoComplete(const Scenario& scenario, const Question& question, SlowdownReport& report);

    EngineInfo m_info;
    ProgramOptions m_options;
};

/// \ingroup m3-engines
/// An engine with how it is made.
struct EngineEntry
{
    EngineInfo info;                                                     //!< what it is
    std::function<std::unique_ptr<Engine>(const EngineInfo& info)> make; //!< makes one
};

/// An entry for a class that is made of its EngineInfo.
template <typename Type>
EngineEntry MakeEngineEntry(EngineInfo info)
{
    return {std::move(info), [](const EngineInfo& of) { return std::make_unique<Type>(of); }};
}

/// Makes an engine known by its name, to all programs and scripts in this process. \throws InputError for a name that
/// there is. Not while engines are made by other threads
void RegisterEngine(EngineEntry entry);

/// What there is, in the order of registration; the engines of the module come first.
std::vector<EngineInfo> RegisteredEngines();

/// Their names, as in "packet, flowsim".
std::string EngineNames();

/// Looks an engine up. \throws InputError that lists them
EngineInfo FindEngine(const std::string& name);

/// Makes an engine. \throws InputError that lists them
std::unique_ptr<Engine> MakeEngine(const std::string& name);

/**
 * Adds the options of all registered engines to a program, those of the same name once.
 * \param defaults the program's own, which go before those of the engines
 * \param set gets each option that is given; EngineSet::Set takes it, and throws for a wrong value
 */
void AddEngineOptions(ProgramOptions& program,
                      const EngineOptions& defaults,
                      const std::function<void(const std::string& option, const std::string& text)>& set);

/// \ingroup m3-engines
/// Engines by name, each made when it is first asked for, with options that hold for all of them that have these.
class EngineSet
{
  public:
    /// The engine, the same each time. \throws InputError that lists them
    Engine& Get(const std::string& name);

    /// Sets an option of all registered engines that have it. \throws InputError as Engine::Set
    void Set(const std::string& option, const std::string& text);

  private:
    EngineOptions m_options;
    std::map<std::string, std::unique_ptr<Engine>> m_engines;
};

} // namespace ns3::m3

#endif // M3_ENGINE_H
