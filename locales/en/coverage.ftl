# Coverage
coverage-refused-without-reason = Give the reason for publishing it or not
