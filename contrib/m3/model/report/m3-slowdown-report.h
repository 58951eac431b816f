// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SLOWDOWN_REPORT_H
#define M3_SLOWDOWN_REPORT_H

#include "ns3/m3-group-times.h"
#include "ns3/m3-held-out-errors.h"
#include "ns3/m3-label-slowdowns.h"
#include "ns3/m3-link-use.h"
#include "ns3/m3-matched-pairs.h"
#include "ns3/m3-packet-counts.h"
#include "ns3/m3-pass-counts.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-report
/// Payload size classes, left-closed; class i is [edges[i], edges[i + 1]), the last one open above.
struct SizeClasses
{
    std::vector<uint64_t> edges{0, 1000, 10000, 50000}; //!< bytes, ascending, the first is 0

    /// How many there are.
    std::size_t Count() const
    {
        return edges.size();
    }

    std::size_t ClassOf(uint64_t sizeBytes) const; //!< index of the class that a size is in
    std::string Name(std::size_t index) const;     //!< "[1 KB, 10 KB)", "[50 KB, inf)"

    /// "0,1000,10000" to classes. \throws InputError on a wrong list
    static SizeClasses Parse(const std::string& list);

    /// Whether the edges ascend and begin with 0; a report of others cannot be made.
    bool AreValid() const;
};

/// \ingroup m3-report
/// How far queueing, the slowdown less 1, may be off with a probability of 95 %, as a share of it.
struct QueueingError
{
    double atP99 = 0; //!< Of the p99 and what lies above, at least 0.
    double slope = 0; //!< How much more per unit of probability below it, at least 0.

    /// Returns that of a quantile. \param p its probability, 0 to 1
    double At(double p) const;
};

/**
 * \ingroup m3-report
 * Distribution of flow completion time slowdowns, per size class and overall: what every engine answers with.
 * Values are weighted, so that a full run (every flow once, weight 1) and an estimate (pooled predictions) look alike.
 * Where an engine samples flows, paths or windows, or answers by a model, quantiles have 95 % intervals that hold the
 * quantile of a packet-level run of all flows, as far as there is evidence for it.
 */
class SlowdownReport
{
  public:
    /// An empty report of an engine. \throws InputError for classes that are not AreValid()
    explicit SlowdownReport(std::string engine = "", SizeClasses classes = {});

    /// Adds one value. \param slowdown at least 1 \param weight above 0 \param stratum of the class that the value is
    /// of, a small number, where the weights of each stratum add up to its flows in the trace \throws InputError for a
    /// class that is not there, as everything below does
    void Add(std::size_t sizeClass, double slowdown, double weight = 1, uint32_t stratum = 0);

    /**
     * Begins another sampling unit, a flow or path that was drawn; values added from now on belong to it.
     * \param multiplicity how often it was drawn, with replacement; its weights count all of them
     */
    void BeginUnit(uint32_t multiplicity = 1);

    /// Says which parts of the trace the units are, in order: reports with the same key have the same units, whatever
    /// the configuration, and are compared as matched pairs. \param key of them, as a hash; 0: no others have them
    void SetUnits(uint64_t key);

    /// Says that the units of a class are flows drawn without replacement. \param flows number of flows drawn
    void SetSampledFlows(std::size_t sizeClass, uint64_t flows);

    /// Sets how many flows of the trace a class has; its share in the overall distribution. Counted by Add if never
    /// set.
    void SetFlowCount(std::size_t sizeClass, uint64_t flows);

    /// Flows that an engine could not finish: they have no slowdown and are reported separately. \param reasons as in
    /// "20 deadlock, 1 stop-time"; "" where they are not known
    void SetUnfinished(uint64_t flows, const std::string& reasons = "");

    /// Sets how many of the sampled flows have a slowdown that is known without the engine's model.
    void SetKnownFlows(uint64_t known, uint64_t looked);
    /// Returns whether all have: quantiles then have no error but that of sampling.
    bool AreAllFlowsKnown() const;

    /// Adds a line that the reader of the report should know, unless it is there.
    void AddNote(const std::string& note);
    const std::vector<std::string>& Notes() const; //!< in the order added

    /**
     * Adds a note on something that the engine does not take into account, or that is outside of its training data, and
     * withholds every interval, since the error of the engine is not known then. Quantiles are kept.
     */
    void WithholdIntervals(const std::string& why);
    /// The same for the intervals of one class.
    void WithholdClassIntervals(std::size_t sizeClass, const std::string& why);
    bool AreIntervalsWithheld() const; //!< whether WithholdIntervals was called

    /// Sets how far queueing may be off beyond sampling: ClassInterval and OverallInterval reach further by it, added
    /// in squares.
    void SetQueueingError(const QueueingError& error);

    /// Says that a model has made the values, and what is known of its errors: intervals cover them from then on, and
    /// there are none of what they are not known of. \param kind of the held-out networks, as in "with PFC"
    void SetHeldOutErrors(const HeldOutErrors& errors, const std::string& kind);

    /// Returns whether errors are set that follow what the network is like, and it is like those they are known of.
    bool KnowsErrorsOfLikeNetworks() const;

    /// Sorts what was added. Call once after the last Add and before any of the following.
    void Finish();

    const std::string& Engine() const;               //!< its name
    void SetEngine(const std::string& name);         //!< sets the name shown for the engine
    const SizeClasses& Classes() const;              //!< those of the values
    uint64_t FlowCount(std::size_t sizeClass) const; //!< flows of the trace in a class
    uint64_t FlowCount() const;                      //!< of all classes
    uint64_t Unfinished() const;                     //!< flows without a slowdown
    std::string UnfinishedText() const;              //!< one line on them, "" where all have one

    /// \return NaN for a class without values. \throws InputError unless p is in [0, 1]
    double ClassQuantile(std::size_t sizeClass, double p) const;
    /// Over all classes: class distributions mixed by their flow counts. NaN without values. \throws
    /// InputError unless p is in [0, 1]
    double OverallQuantile(double p) const;
    double ClassMean(std::size_t sizeClass) const; //!< NaN for a class without values
    double OverallMean() const;                    //!< over all classes, mixed by their flow counts

    /// Returns whether values come from sampling units.
    bool IsSampled() const;
    /// Returns whether there are intervals that are more than points: values are sampled or a model's, whose errors are
    /// known, and none is withheld.
    bool HasIntervals() const;

    /**
     * Returns the interval of a quantile by sampling alone (Woodruff, JASA 1952): the share of flows at or below the
     * quantile is a ratio estimate (in each stratum, where there are strata), whose standard error, times the quantile
     * of Student's t for that number of units, is turned into quantiles; units drawn without replacement have the
     * correction for a finite population. The quantile itself where nothing was sampled, NaN without values. \param
     * level probability that it holds the quantile of this engine over all flows, in (0, 1) \throws InputError as
     * ClassQuantile, and for another level
     */
    ConfidenceInterval ClassSamplingInterval(std::size_t sizeClass, double p, double level = 0.95) const;
    /// The same over all classes.
    ConfidenceInterval OverallSamplingInterval(double p, double level = 0.95) const;

    /**
     * Returns an interval of the packet-level quantile. Of packets that are simulated it is OverallSamplingInterval(),
     * with what SetQueueingError() adds. Of a model it combines sampling and held-out errors as independent errors: in
     * logarithms their reaches add up in squares, to both sides of the middle of the held-out errors; where all flows
     * are known, it is that of sampling. NaN where intervals are withheld, and of a model where its errors are not
     * known: above the p99, at a level other than 95 %, for size classes other than SizeClasses(), and for all but the
     * p99 of all flows with checkpoints that know no more. \throws InputError as ClassSamplingInterval
     */
    ConfidenceInterval ClassInterval(std::size_t sizeClass, double p, double level = 0.95) const;
    /// The same over all classes.
    ConfidenceInterval OverallInterval(double p, double level = 0.95) const;
    /// Returns the half-width of the 95 % interval of OverallQuantile(p) by sampling relative to it.
    double SamplingReach(double p) const;

    /// Returns a quantile with what it owes to each unit, for RatioOfMatched(): the difference that leaving out the
    /// unit makes (jackknife). Without effects where SetUnits was not called and where intervals are withheld. \throws
    /// InputError as ClassQuantile
    UnitQuantile ClassUnitQuantile(std::size_t sizeClass, double p) const;
    UnitQuantile OverallUnitQuantile(double p) const; //!< The same over all classes.

    /// Returns OverallInterval() of the p99 where a model has made the values, else NaN.
    ConfidenceInterval PredictionInterval() const;
    /// Returns PredictionInterval() as one line; where there is none, a line that says so; "" where no model has made
    /// the values.
    std::string PredictionText() const;

    double wallSeconds = 0;                   //!< time the engine took, set by whoever ran it
    std::optional<PacketCounts> packetCounts; //!< what it sent again and lost, set by packet-level engines
    std::optional<PassCounts> passes;         //!< passes in which it was estimated, where it was
    std::vector<GroupTimes> groups;           //!< groups of tasks, set by engines that know when each task ran
    std::optional<LinkUses> links;            //!< what happened at links, where Question::links asks for it
    std::vector<LabelSlowdowns> byLabel;      //!< slowdowns by label, where Question::by or labels ask for them

  private:
    /// A value with the unit that it is of.
    struct UnitValue
    {
        double slowdown;
        double weight;
        uint32_t unit;
        uint32_t stratum;
    };

    void CheckClass(std::size_t sizeClass) const;
    UnitQuantile UnitQuantileOf(const std::vector<std::size_t>& classes, double quantile, double p) const;
    ConfidenceInterval Widened(const ConfidenceInterval& interval, double p, double quantile) const;
    ConfidenceInterval TruthOverEstimate(std::size_t row, double p) const;
    ConfidenceInterval
    IntervalOf(std::size_t row, double p, double quantile, const ConfidenceInterval& sampled, double level) const;

    void
    AddLinearDeviations(std::size_t sizeClass, double slowdown, double factor, std::vector<double>& deviation) const;
    void
    AddJackknifeDeviations(std::size_t sizeClass, double slowdown, double factor, std::vector<double>& deviation) const;

    bool IsPartial() const;
    double ShareLeft(std::size_t sizeClass) const;

    /// How far the share of flows at or below a slowdown may be off, with a probability of `level`; NaN: unknown.
    double ShareReach(const std::vector<std::size_t>& classes, double slowdown, double level) const;
    double ReachOf(const std::vector<double>& deviation,
                   const std::vector<bool>& counts,
                   bool isStratified,
                   double level) const;

    std::string m_engine;
    SizeClasses m_classes;
    std::vector<std::vector<std::pair<double, double>>> m_values; //!< per class (slowdown, weight), sorted by Finish
    std::vector<std::pair<double, double>> m_all;                 //!< mixed by flow counts, sorted
    std::vector<uint64_t> m_flowCount;
    std::vector<bool> m_flowCountSet;
    uint64_t m_unfinished = 0;
    std::string m_unfinishedReasons;
    std::vector<std::string> m_notes;
    bool m_intervalsWithheld = false;
    std::vector<bool> m_classIntervalsWithheld;
    QueueingError m_queueingError;
    bool m_allFlowsKnown = false;
    bool m_isEstimate = false; //!< a model has made the values
    HeldOutErrors m_heldOutErrors;
    std::string m_heldOutKind;
    uint64_t m_units = 0;                             //!< key of the units
    std::vector<uint32_t> m_multiplicity;             //!< per unit
    std::vector<std::vector<UnitValue>> m_unitValues; //!< per class
    std::vector<uint64_t> m_sampledFlows;             //!< per class; 0: with replacement
};

} // namespace ns3::m3

#endif // M3_SLOWDOWN_REPORT_H
