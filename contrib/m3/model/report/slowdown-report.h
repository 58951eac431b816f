#ifndef M3_SLOWDOWN_REPORT_H
#define M3_SLOWDOWN_REPORT_H

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// Payload size classes, left-closed; class i is [edges[i], edges[i + 1]), the last one open above.
struct SizeClasses
{
    std::vector<uint64_t> edges{0, 1000, 10000, 50000}; //!< bytes, ascending, the first is 0

    std::size_t Count() const
    {
        return edges.size();
    }

    std::size_t ClassOf(uint64_t sizeBytes) const;
    std::string Name(std::size_t index) const; //!< "[1 KB, 10 KB)", "[50 KB, inf)"

    /// "0,1000,10000" to classes. \throws std::invalid_argument with one line on a wrong list
    static SizeClasses Parse(const std::string& list);
};

/**
 * Distribution of flow completion time slowdowns, per size class and overall: what every engine answers with.
 * Values are weighted, so that a full run (every flow once, weight 1) and an estimate (pooled predictions) look alike.
 */
class SlowdownReport
{
  public:
    explicit SlowdownReport(std::string engine = "", SizeClasses classes = {});

    /// Adds one value. \param slowdown at least 1 \param weight above 0
    void Add(std::size_t sizeClass, double slowdown, double weight = 1);

    /// Sets how many flows of the trace a class has; its share in the overall distribution. Counted by Add if never
    /// set.
    void SetFlowCount(std::size_t sizeClass, uint64_t flows);

    /// Flows that an engine could not finish: they have no slowdown and are reported apart.
    void SetUnfinished(uint64_t flows);

    /// Sorts what was added. Call once after the last Add and before any of the following.
    void Finish();

    const std::string& Engine() const;
    const SizeClasses& Classes() const;
    uint64_t FlowCount(std::size_t sizeClass) const;
    uint64_t FlowCount() const; //!< of all classes
    uint64_t Unfinished() const;

    /// \return NaN for a class without values. \param p in [0, 1]
    double ClassQuantile(std::size_t sizeClass, double p) const;
    /// Over all classes: class distributions mixed by their flow counts. NaN without values.
    double OverallQuantile(double p) const;
    double ClassMean(std::size_t sizeClass) const;
    double OverallMean() const;

    double wallSeconds = 0; //!< time the engine took, set by whoever ran it

  private:
    std::string m_engine;
    SizeClasses m_classes;
    std::vector<std::vector<std::pair<double, double>>> m_values; //!< per class (slowdown, weight), sorted by Finish
    std::vector<std::pair<double, double>> m_all;                 //!< mixed by flow counts, sorted
    std::vector<uint64_t> m_flowCount;
    std::vector<bool> m_flowCountSet;
    uint64_t m_unfinished = 0;
};

} // namespace ns3::m3

#endif // M3_SLOWDOWN_REPORT_H
